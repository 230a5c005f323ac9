//! What the layers for tower do that no other adapter can: gRPC, back-pressure, and errors of the inner service.

use std::future::{Future, Ready, pending, ready};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use health_core::{Check, ErrorRate, Feature, Health};
use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Empty};
use tests::service;
use tower::{Layer, Service, ServiceExt, service_fn};

const SEARCH: Feature = Feature::new("search");

type Frames = Vec<Result<Frame<Bytes>, io::Error>>;

fn trailers(status: &str) -> Frame<Bytes> {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", status.parse().unwrap());
    Frame::trailers(trailers)
}

/// A body that comes in frames, as a gRPC server's does.
struct Framed(std::vec::IntoIter<Result<Frame<Bytes>, io::Error>>);

impl Body for Framed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(self.0.next())
    }
}

fn response(content_type: &str, in_headers: Option<&str>, frames: Frames) -> Response<Framed> {
    let mut response = Response::builder().header("content-type", content_type);
    if let Some(status) = in_headers {
        response = response.header("grpc-status", status);
    }
    response.body(Framed(frames.into_iter())).unwrap()
}

fn counted(errors: &ErrorRate) -> (u64, u64) {
    let rate = errors.rate();
    (rate.samples, rate.failures)
}

#[tokio::test(start_paused = true)]
async fn a_call_is_recorded_once_by_its_status_wherever_that_is() {
    let data = || Ok(Frame::data(Bytes::from_static(b"an order")));
    let grpc = "application/grpc+proto";
    for (what, response, failures) in [
        (
            "ok in trailers",
            response(grpc, None, vec![data(), Ok(trailers("0"))]),
            0,
        ),
        (
            "not found in trailers",
            response(grpc, None, vec![data(), Ok(trailers("5"))]),
            0,
        ),
        (
            "internal in trailers",
            response(grpc, None, vec![data(), Ok(trailers("13"))]),
            1,
        ),
        (
            "unavailable in trailers alone",
            response(grpc, None, vec![Ok(trailers("14"))]),
            1,
        ),
        ("ok in headers", response(grpc, Some("0"), vec![]), 0),
        (
            "unimplemented in headers",
            response(grpc, Some("12"), vec![]),
            1,
        ),
        ("no status at all", response(grpc, None, vec![data()]), 1),
        (
            "trailers without a status",
            response(grpc, None, vec![Ok(Frame::trailers(HeaderMap::new()))]),
            1,
        ),
        (
            "a body that breaks",
            response(
                grpc,
                None,
                vec![data(), Err(io::ErrorKind::BrokenPipe.into())],
            ),
            1,
        ),
        (
            "gRPC-Web, whose trailers are in the body",
            response("application/grpc-web+proto", None, vec![data()]),
            0,
        ),
        (
            "no gRPC",
            response("text/plain", Some("13"), vec![data()]),
            0,
        ),
    ] {
        let errors = ErrorRate::new(Duration::from_secs(60));
        let mut response = Some(response);
        let inner =
            service_fn(move |_: Request<()>| ready(Ok::<_, io::Error>(response.take().unwrap())));
        let service = health_tower::record(&errors).layer(inner);
        let answer = service.oneshot(Request::new(())).await.unwrap();
        let _ = answer.into_body().collect().await;
        assert_eq!(counted(&errors), (1, failures), "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_the_client_gives_up_is_not_recorded() {
    let errors = ErrorRate::new(Duration::from_secs(60));
    let inner = service_fn(|_: Request<()>| {
        let frames = vec![
            Ok(Frame::data(Bytes::from_static(b"an order"))),
            Ok(trailers("13")),
        ];
        ready(Ok::<_, io::Error>(response(
            "application/grpc",
            None,
            frames,
        )))
    });
    let service = health_tower::record(&errors).layer(inner);
    let mut answer = service.oneshot(Request::new(())).await.unwrap();
    answer.body_mut().frame().await.unwrap().unwrap();
    drop(answer);
    assert_eq!(counted(&errors), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_service_keeps_its_type_and_is_recorded() {
    #[derive(Debug, PartialEq)]
    struct Overloaded;
    let errors = ErrorRate::new(Duration::from_secs(60));
    let health = service().start_paused().unwrap();
    let inner = service_fn(|_: Request<()>| ready(Err::<Response<Empty<Bytes>>, _>(Overloaded)));
    let recorded = health_tower::record(&errors).layer(inner);
    let service = health_tower::gate(&health, SEARCH).layer(recorded);
    let service =
        health_tower::probes(&health).layer(health_tower::draining(&health).layer(service));
    assert_eq!(
        service.oneshot(Request::new(())).await.unwrap_err(),
        Overloaded
    );
    assert_eq!(counted(&errors), (1, 1));
}

async fn closed() -> Health {
    let index = Check::degraded("index", || async { Err::<(), _>("no") });
    let health = service()
        .check(index.needed_by([SEARCH]))
        .start_paused()
        .unwrap();
    tokio::time::sleep(Duration::from_secs(10)).await;
    health
}

#[tokio::test(start_paused = true)]
async fn a_closed_gate_answers_in_the_callers_protocol() {
    let health = closed().await;
    let never = service_fn(|_: Request<()>| pending::<Result<Response<Empty<Bytes>>, io::Error>>());
    let service = health_tower::gate(&health, SEARCH).layer(never);
    for (content_type, code, status) in [
        (None, 503, None),
        (Some("application/json"), 503, None),
        (Some("application/grpc"), 200, Some("14")),
        (Some("application/grpc+proto"), 200, Some("14")),
    ] {
        let mut request = Request::builder();
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let answer = service
            .clone()
            .oneshot(request.body(()).unwrap())
            .await
            .unwrap();
        assert_eq!(answer.status(), code, "{content_type:?}");
        let header = |name| {
            answer
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap())
        };
        assert_eq!(header("grpc-status"), status, "{content_type:?}");
        let (of_http, of_grpc) = ((Some("5"), None), (None, Some("search is not ready")));
        let expected = if status.is_some() { of_grpc } else { of_http };
        assert_eq!(
            (header("retry-after"), header("grpc-message")),
            expected,
            "{content_type:?}"
        );
        if status.is_some() {
            assert_eq!(header("content-type"), content_type, "{content_type:?}");
            assert!(
                answer.into_body().is_end_stream(),
                "the status is in the headers"
            );
        }
    }
}

/// Takes nothing as long as it lives.
#[derive(Clone, Debug)]
struct Full;

impl<B> Service<Request<B>> for Full {
    type Response = Response<Empty<Bytes>>;
    type Error = io::Error;
    type Future = Ready<Result<Self::Response, io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Pending
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        panic!("it was not ready");
    }
}

#[tokio::test(start_paused = true)]
async fn probes_are_answered_while_the_service_takes_nothing() {
    let health = service().start_paused().unwrap();
    let mut service = health_tower::probes(&health).layer(Full);
    let mut cx = Context::from_waker(std::task::Waker::noop());
    let is_ready = Service::<Request<()>>::poll_ready(&mut service, &mut cx);
    assert!(is_ready.is_ready());
    let live = Request::get("/health/live").body(()).unwrap();
    let answer = service.call(live).await.unwrap();
    assert_eq!(answer.status(), 200);
    let orders = Request::get("/orders").body(()).unwrap();
    let orders = pin!(service.call(orders));
    let mut cx = Context::from_waker(std::task::Waker::noop());
    assert!(
        orders.poll(&mut cx).is_pending(),
        "it waits, and is not called"
    );
}

#[tokio::test(start_paused = true)]
async fn a_closed_gate_answers_while_the_service_takes_nothing() {
    let health = closed().await;
    let mut service = health_tower::gate(&health, SEARCH).layer(Full);
    let mut cx = Context::from_waker(std::task::Waker::noop());
    let is_ready = Service::<Request<()>>::poll_ready(&mut service, &mut cx);
    assert!(is_ready.is_ready());
    let answer = service.call(Request::new(())).await.unwrap();
    assert_eq!(answer.status(), 503);
}

#[tokio::test(start_paused = true)]
async fn a_client_is_asked_to_leave_by_its_own_version_and_not_by_the_answers() {
    let health = service().start_paused().unwrap();
    health.drain();
    let inner = service_fn(|_: Request<()>| {
        let mut passed_on = Response::new(Empty::<Bytes>::new());
        *passed_on.version_mut() = http::Version::HTTP_2;
        ready(Ok::<_, io::Error>(passed_on))
    });
    let service = health_tower::draining(&health).layer(inner);
    for (version, expected) in [
        (http::Version::HTTP_11, true),
        (http::Version::HTTP_2, false),
    ] {
        let mut request = Request::new(());
        *request.version_mut() = version;
        let answer = service.clone().oneshot(request).await.unwrap();
        assert_eq!(
            answer.headers().contains_key("connection"),
            expected,
            "{version:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_is_passed_on_frame_by_frame() {
    let health = service().start_paused().unwrap();
    let inner = service_fn(|_: Request<()>| {
        let frames = ["a", "b"].map(|text| Ok(Frame::data(Bytes::from_static(text.as_bytes()))));
        ready(Ok::<_, io::Error>(response(
            "text/plain",
            None,
            frames.into(),
        )))
    });
    let errors = ErrorRate::new(Duration::from_secs(60));
    let service = health_tower::probes(&health).layer(health_tower::record(&errors).layer(inner));
    let mut body = service.oneshot(Request::new(())).await.unwrap().into_body();
    for expected in ["a", "b"] {
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), expected);
    }
    assert!(body.frame().await.is_none());
}
