use std::convert::Infallible;
use std::fmt;
use std::future::{Future, Ready, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready as when_ready};

use bytes::Bytes;
use health_core::Health;
use health_http::{Access, Endpoints};
use http::{Extensions, Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::ResponseBody;
use crate::oneshot::Oneshot;

/// A function that finds the address at the other end of the connection, where a server keeps it.
pub type Peer = fn(&Extensions) -> Option<SocketAddr>;

/// Answers liveness, readiness and startup, at `/health/live`, `/health/ready` and `/health/startup`.
pub fn probes(health: &Health) -> EndpointsLayer {
    endpoints(Endpoints::probes(health))
}

/// Answers `/health/deep`, to whom `access` lets in.
pub fn deep(health: &Health, access: Access) -> EndpointsLayer {
    endpoints(Endpoints::deep(health, access))
}

/// Answers [`probes`] and [`deep`].
pub fn routes(health: &Health, access: Access) -> EndpointsLayer {
    endpoints(Endpoints::all(health, access))
}

/// Answers what was chosen in detail: other paths, aliases, another exposure.
///
/// ```
/// use health_core::Health;
/// use health_tower::{Endpoints, Paths};
/// use http::Request;
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let endpoints = Endpoints::probes(&health).paths(Paths::default().aliases())?;
/// let service = health_tower::endpoints(endpoints).into_service();
///
/// let livez = Request::get("/livez").body(())?;
/// assert_eq!(service.oneshot(livez).await?.status(), 200);
/// # Ok(())
/// # }
/// ```
pub fn endpoints(endpoints: Endpoints) -> EndpointsLayer {
    EndpointsLayer {
        endpoints,
        peer: |_| None,
    }
}

/// Answers on the paths of [`Endpoints`], and lets every other request pass.
///
/// Probes are answered also while the inner service is not ready for more: it is asked for that only by a request
/// that is its own, which waits for it.
#[derive(Clone)]
#[must_use]
pub struct EndpointsLayer {
    endpoints: Endpoints,
    peer: Peer,
}

impl EndpointsLayer {
    /// Sets where the server keeps the address of who asks; by default it is not known, and `Access::loopback()`
    /// lets nobody in.
    ///
    /// ```
    /// use std::net::SocketAddr;
    ///
    /// use health_core::Health;
    /// use health_tower::Access;
    /// use http::Request;
    /// use tower::ServiceExt;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let health = Health::builder().allow_empty().start()?;
    /// // As who accepts connections by himself may keep it; for tonic it is `health_tonic::peer`.
    /// let deep = health_tower::deep(&health, Access::loopback())
    ///     .peer(|extensions| extensions.get::<SocketAddr>().copied())
    ///     .into_service();
    ///
    /// let mut request = Request::get("/health/deep").header("host", "localhost").body(())?;
    /// assert_eq!(deep.clone().oneshot(request.clone()).await?.status(), 404);
    /// request.extensions_mut().insert(SocketAddr::from(([127, 0, 0, 1], 50_000)));
    /// assert_eq!(deep.oneshot(request).await?.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    pub fn peer(self, peer: Peer) -> EndpointsLayer {
        EndpointsLayer { peer, ..self }
    }

    /// Returns a service that answers 404 on every other path, for routers, and for ports that serve nothing else.
    pub fn into_service(self) -> EndpointsService {
        EndpointsService { layer: self }
    }

    fn respond<B>(&self, request: &Request<B>) -> Option<Response<Bytes>> {
        let peer = (self.peer)(request.extensions());
        self.endpoints.respond(request, peer)
    }
}

impl<S> Layer<S> for EndpointsLayer {
    type Service = WithEndpoints<S>;

    fn layer(&self, inner: S) -> WithEndpoints<S> {
        WithEndpoints {
            layer: self.clone(),
            inner,
        }
    }
}

/// A service behind an [`EndpointsLayer`].
#[derive(Clone, Debug)]
pub struct WithEndpoints<S> {
    layer: EndpointsLayer,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for WithEndpoints<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = EndpointsFuture<S, Request<B>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> EndpointsFuture<S, Request<B>> {
        let state = match self.layer.respond(&request) {
            Some(response) => State::Ours {
                response: Some(response),
            },
            None => State::Inner {
                oneshot: Oneshot::new(self.inner.clone(), request),
            },
        };
        EndpointsFuture { state }
    }
}

pin_project! {
    /// The response of [`WithEndpoints`].
    #[must_use = "futures do nothing unless polled"]
    pub struct EndpointsFuture<S: Service<Q>, Q> {
        #[pin]
        state: State<S, Q>,
    }
}

pin_project! {
    #[project = StateProjected]
    enum State<S: Service<Q>, Q> {
        Ours { response: Option<Response<Bytes>> },
        Inner { #[pin] oneshot: Oneshot<S, Q> },
    }
}

impl<S, Q, R> Future for EndpointsFuture<S, Q>
where
    S: Service<Q, Response = Response<R>>,
{
    type Output = Result<Response<ResponseBody<R>>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjected::Ours { response } => {
                let response = response
                    .take()
                    .expect("a future is not polled after its end");
                Poll::Ready(Ok(response.map(ResponseBody::ours)))
            }
            StateProjected::Inner { oneshot } => {
                let response = when_ready!(oneshot.poll(cx))?;
                Poll::Ready(Ok(response.map(ResponseBody::inner)))
            }
        }
    }
}

/// The answers alone, as a service: see [`EndpointsLayer::into_service`].
#[derive(Clone, Debug)]
pub struct EndpointsService {
    layer: EndpointsLayer,
}

impl<B> Service<Request<B>> for EndpointsService {
    type Response = Response<ResponseBody>;
    type Error = Infallible;
    type Future = Ready<Result<Response<ResponseBody>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let response = self.layer.respond(&request);
        let response = response.unwrap_or_else(health_http::not_found);
        ready(Ok(response.map(ResponseBody::ours)))
    }
}

// A function pointer is shown as an address, which tells nobody anything.
impl fmt::Debug for EndpointsLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EndpointsLayer")
            .field(&self.endpoints)
            .finish()
    }
}

impl<S: Service<Q>, Q> fmt::Debug for EndpointsFuture<S, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointsFuture").finish_non_exhaustive()
    }
}
