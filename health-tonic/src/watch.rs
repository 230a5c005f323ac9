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
        let other = tokio::select! {
            biased;
            status = self.told() => Some(status),
            // It may be over before the monitor has told that it began.
            () = self.health.drained() => self.other(),
        };
        self.sent = other.or(self.sent);
        other
    }

    /// Waits until the monitor tells of another answer.
    async fn told(&self) -> ServingStatus {
        let mut other = None;
        let is_other = |_: &Health| {
            other = self.other();
            other.is_some()
        };
        self.health.wait_until(is_other).await;
        match other {
            Some(status) => status,
            // The monitor has ended, and tells nothing more.
            None => std::future::pending().await,
        }
    }

    /// The present answer, if it is another one.
    fn other(&self) -> Option<ServingStatus> {
        let status = match &self.question {
            Some(question) => question.ask(&self.health).0,
            None => ServingStatus::ServiceUnknown,
        };
        (self.sent != Some(status)).then_some(status)
    }
}
