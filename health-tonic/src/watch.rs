use futures_util::Stream;
use futures_util::stream::unfold;
use health_core::Health;
use tonic_health::pb::health_check_response::ServingStatus;

use crate::question::Question;

/// Follows the answer to a question, or to none, until draining is over.
///
/// It waits for nobody who reads it, and keeps no answer for him: a slow reader finds the answer of then.
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
    /// Waits for an answer that was not sent yet; `None` when draining is over.
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
            // First, so that the last answer is sent before the end.
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
