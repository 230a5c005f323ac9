use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_service::Service;

pin_project! {
    /// A request that waits for the inner service to be ready, and is then called.
    ///
    /// So the layers that answer by themselves do not wait for it, and take none of its places for nothing.
    #[project = OneshotProjected]
    pub(crate) enum Oneshot<S: Service<Q>, Q> {
        Waiting { inner: S, request: Option<Q> },
        Called { #[pin] future: S::Future },
    }
}

impl<S: Service<Q>, Q> Oneshot<S, Q> {
    pub(crate) fn new(inner: S, request: Q) -> Oneshot<S, Q> {
        let request = Some(request);
        Oneshot::Waiting { inner, request }
    }
}

impl<S: Service<Q>, Q> Future for Oneshot<S, Q> {
    type Output = Result<S::Response, S::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            match self.as_mut().project() {
                OneshotProjected::Waiting { inner, request } => {
                    ready!(inner.poll_ready(cx))?;
                    let request = request.take().expect("it is called once");
                    let future = inner.call(request);
                    self.set(Oneshot::Called { future });
                }
                OneshotProjected::Called { future } => return future.poll(cx),
            }
        }
    }
}
