use std::pin::Pin;
use std::task::{Context, Poll, ready};

use health_core::ErrorRate;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::grpc::{failed, has_status};

/// Records for each response whether it was an error of the service's: status 5xx, or what gRPC calls `UNKNOWN`,
/// `DEADLINE_EXCEEDED`, `UNIMPLEMENTED`, `INTERNAL`, `UNAVAILABLE` or `DATA_LOSS`.
///
/// A gRPC call is recorded when its status comes, which is at its end. An error of the inner service is one of the
/// service's. What is given up before, by the client or by a timeout outside of this layer, is not recorded: timeouts
/// belong inside, or a service in which every request hangs has no errors.
///
/// It belongs inside of a [`gate`](crate::gate()), or else what the gate answers keeps it closed.
///
/// ```
/// use std::convert::Infallible;
/// use std::time::Duration;
///
/// use health_core::ErrorRate;
/// use http::{Request, Response};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let errors = ErrorRate::new(Duration::from_secs(60));
/// let orders = service_fn(async |_: Request<()>| {
///     Ok::<_, Infallible>(Response::new("none yet".to_owned()))
/// });
/// let orders = health_tower::record(&errors).layer(orders);
///
/// orders.oneshot(Request::get("/orders").body(())?).await?;
/// assert_eq!(errors.rate().samples, 1);
/// # Ok(())
/// # }
/// ```
pub fn record(errors: &ErrorRate) -> RecordLayer {
    let errors = errors.clone();
    RecordLayer { errors }
}

/// The layer of [`record`].
#[derive(Clone, Debug)]
#[must_use]
pub struct RecordLayer {
    errors: ErrorRate,
}

impl<S> Layer<S> for RecordLayer {
    type Service = Record<S>;

    fn layer(&self, inner: S) -> Record<S> {
        let errors = self.errors.clone();
        Record { errors, inner }
    }
}

/// A service behind [`record`].
#[derive(Clone, Debug)]
pub struct Record<S> {
    errors: ErrorRate,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for Record<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Body,
{
    type Response = Response<RecordBody<R>>;
    type Error = S::Error;
    type Future = RecordFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> RecordFuture<S::Future> {
        RecordFuture {
            errors: self.errors.clone(),
            future: self.inner.call(request),
        }
    }
}

pin_project! {
    /// The response of [`Record`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct RecordFuture<F> {
        errors: ErrorRate,
        #[pin]
        future: F,
    }
}

impl<F, R, E> Future for RecordFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Body,
{
    type Output = Result<Response<RecordBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let ended = ready!(this.future.poll(cx));
        let response = ended.inspect_err(|_| this.errors.failure())?;
        let mut call = None;
        if response.status().is_server_error() || !has_status(response.headers()) {
            health_http::record(this.errors, &response);
        } else if let Some(failed) = failed(response.headers()) {
            tell(this.errors, failed);
        } else if response.body().is_end_stream() {
            // A call without a status has failed on the way.
            this.errors.failure();
        } else {
            call = Some(this.errors.clone());
        }
        Poll::Ready(Ok(response.map(|body| RecordBody { call, body })))
    }
}

fn tell(errors: &ErrorRate, failed: bool) {
    if failed {
        errors.failure();
    } else {
        errors.success();
    }
}

pin_project! {
    /// The body of a response that was recorded, or of a gRPC call whose status is still to come.
    #[derive(Debug)]
    pub struct RecordBody<B> {
        call: Option<ErrorRate>,
        #[pin]
        body: B,
    }
}

impl<B: Body> Body for RecordBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let frame = ready!(this.body.as_mut().poll_frame(cx));
        let ended = match &frame {
            // Without trailers there is no status, and the call has failed on the way.
            None | Some(Err(_)) => Some(true),
            Some(Ok(frame)) => match frame.trailers_ref() {
                Some(trailers) => Some(failed(trailers).unwrap_or(true)),
                None => this.body.is_end_stream().then_some(true),
            },
        };
        if let Some(failed) = ended
            && let Some(errors) = this.call.take()
        {
            tell(&errors, failed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
