use futures_util::Stream;
use futures_util::stream::unfold;
use health_core::Health;
use tonic_health::pb::health_check_response::ServingStatus;

use crate::question::Question;

/// Returns the answers to a question, or to a name that asks nothing, until draining is over.
///
/// Nothing is kept for a slow reader, who finds the answer that holds when he reads.
pub(crate) fn watch(
    health: Health,
    question: Option<Question>,
) -> impl Stream<Item = ServingStatus> + Send + use<> {
    let watch = Watch {
        health,
        question,
        sent: None,
    };
    unfold(watch, async |mut watch| {
        let status = watch.next().await?;
        Some((status, watch))
    })
}

struct Watch {
    health: Health,
    question: Option<Question>,
    sent: Option<ServingStatus>,
}

impl Watch {
    /// Waits for an answer other than the one that was sent; `None` when draining is over.
    async fn next(&mut self) -> Option<ServingStatus> {
        let (question, sent) = (&self.question, self.sent);
        let mut other = None;
        let is_another = |health: &Health| {
            let status = match question {
                Some(question) => question.ask(health).0,
                None => ServingStatus::ServiceUnknown,
            };
            other = (sent != Some(status)).then_some(status);
            other.is_some()
        };
        tokio::select! {
            // In this order, so that the last answer is sent before the end.
            biased;
            () = self.health.wait_until(is_another) => {}
            () = self.health.drained() => return None,
        }
        if other.is_none() {
            // The monitor has ended, so there will be no other answer.
            self.health.drained().await;
        }
        self.sent = other;
        other
    }
}
