use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use health_core::{Feature, Health};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::ResponseBody;
use crate::grpc::{GRPC_MESSAGE, GRPC_STATUS, UNAVAILABLE, content_type};
use crate::oneshot::Oneshot;

/// Lets requests pass while a feature is ready; otherwise answers 503 with `Retry-After`, and gRPC calls with
/// `UNAVAILABLE`.
///
/// While the service is draining requests pass: what still arrives is to be served. A closed gate answers also while
/// the inner service is not ready for more.
///
/// ```
/// use std::convert::Infallible;
///
/// use health_core::{Feature, Health};
/// use http::{Request, Response};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// const SEARCH: Feature = Feature::new("search");
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let search = service_fn(async |_: Request<()>| {
///     Ok::<_, Infallible>(Response::new("all of them".to_owned()))
/// });
/// let search = health_tower::gate(&health, SEARCH).layer(search);
///
/// let request = Request::get("/books").body(())?;
/// assert_eq!(search.oneshot(request).await?.status(), 200);
/// # Ok(())
/// # }
/// ```
pub fn gate(health: &Health, feature: Feature) -> GateLayer {
    let health = health.clone();
    GateLayer { health, feature }
}

/// The layer of [`gate`].
#[derive(Clone, Debug)]
#[must_use]
pub struct GateLayer {
    health: Health,
    feature: Feature,
}

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        let layer = self.clone();
        Gate { layer, inner }
    }
}

/// A service behind a [`gate`].
#[derive(Clone, Debug)]
pub struct Gate<S> {
    layer: GateLayer,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for Gate<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = GateFuture<S, Request<B>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> GateFuture<S, Request<B>> {
        let GateLayer { health, feature } = &self.layer;
        let state = match health_http::gate(health, feature, request.method()) {
            Some(response) => State::Closed {
                response: Some(match content_type(request.headers()) {
                    Some(content_type) => unavailable(feature, content_type.clone()),
                    None => response,
                }),
            },
            None => State::Open {
                oneshot: Oneshot::new(self.inner.clone(), request),
            },
        };
        GateFuture { state }
    }
}

/// The answer to a gRPC call: its status stands in the headers, since there is no message.
fn unavailable(feature: &Feature, content_type: HeaderValue) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(GRPC_STATUS, UNAVAILABLE);
    let message = format!("{feature} is not ready");
    let message =
        HeaderValue::try_from(message).expect("a feature's name is ASCII without controls");
    headers.insert(GRPC_MESSAGE, message);
    response
}

pin_project! {
    /// The response of [`Gate`].
    #[must_use = "futures do nothing unless polled"]
    pub struct GateFuture<S: Service<Q>, Q> {
        #[pin]
        state: State<S, Q>,
    }
}

pin_project! {
    #[project = StateProjected]
    enum State<S: Service<Q>, Q> {
        Closed { response: Option<Response<Bytes>> },
        Open { #[pin] oneshot: Oneshot<S, Q> },
    }
}

impl<S, Q, R> Future for GateFuture<S, Q>
where
    S: Service<Q, Response = Response<R>>,
{
    type Output = Result<Response<ResponseBody<R>>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjected::Closed { response } => {
                let response = response
                    .take()
                    .expect("a future is not polled after its end");
                Poll::Ready(Ok(response.map(ResponseBody::ours)))
            }
            StateProjected::Open { oneshot } => {
                let response = ready!(oneshot.poll(cx))?;
                Poll::Ready(Ok(response.map(ResponseBody::inner)))
            }
        }
    }
}

impl<S: Service<Q>, Q> fmt::Debug for GateFuture<S, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateFuture").finish_non_exhaustive()
    }
}
