use std::pin::Pin;
use std::task::{Context, Poll, ready};

use health_core::Health;
use http::{Request, Response, Version};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

/// Asks the clients of kept-alive HTTP/1 connections to leave, while the service is draining.
///
/// Each response then says `connection: close`, so that nobody is left to send a request into the closing
/// socket. HTTP/2 has a word of its own for it, which the server says when it ends.
///
/// ```
/// use std::convert::Infallible;
///
/// use health_core::Health;
/// use http::{Request, Response};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let orders = service_fn(async |_: Request<()>| {
///     Ok::<_, Infallible>(Response::new("none yet"))
/// });
/// let orders = health_tower::draining(&health).layer(orders);
///
/// health.drain();
/// let response = orders.oneshot(Request::get("/orders").body(())?).await?;
/// assert_eq!(response.headers()["connection"], "close");
/// # Ok(())
/// # }
/// ```
pub fn draining(health: &Health) -> DrainingLayer {
    let health = health.clone();
    DrainingLayer { health }
}

/// The layer of [`draining`].
#[derive(Clone, Debug)]
#[must_use]
pub struct DrainingLayer {
    health: Health,
}

impl<S> Layer<S> for DrainingLayer {
    type Service = Draining<S>;

    fn layer(&self, inner: S) -> Draining<S> {
        let health = self.health.clone();
        Draining { health, inner }
    }
}

/// A service behind [`draining`].
#[derive(Clone, Debug)]
pub struct Draining<S> {
    health: Health,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for Draining<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = DrainingFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> DrainingFuture<S::Future> {
        DrainingFuture {
            health: self.health.clone(),
            version: request.version(),
            future: self.inner.call(request),
        }
    }
}

pin_project! {
    /// The response of [`Draining`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct DrainingFuture<F> {
        health: Health,
        version: Version,
        #[pin]
        future: F,
    }
}

impl<F, R, E> Future for DrainingFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = ready!(this.future.poll(cx))?;
        health_http::draining(this.health, *this.version, &mut response);
        Poll::Ready(Ok(response))
    }
}
