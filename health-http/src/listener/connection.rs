use std::future::{poll_fn, ready};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

use super::Answers;
use super::progress::Progress;
use super::sockets::Accepted;
use super::stream::Followed;
use crate::request::Request;
use crate::response::{for_method, not_found};

/// Why a request has no answer.
type Panicked = &'static str;

/// Answers one client until it leaves, or, once `closing` changes, until what it asked is answered.
pub(super) async fn connection(
    accepted: Accepted,
    answers: Answers,
    http: http1::Builder,
    progress: Arc<Progress>,
    mut closing: watch::Receiver<()>,
) {
    let Accepted { stream, peer } = accepted;
    let stream = Followed::new(stream, Arc::clone(&progress));
    let service = service_fn(|request: hyper::Request<Incoming>| {
        progress.asked();
        ready(answer(&request, peer, &answers))
    });
    let mut connection = http.serve_connection(TokioIo::new(stream), service);
    // How it ended is between the client and its own log.
    tokio::select! {
        _ = poll_fn(|cx| connection.poll_without_shutdown(cx)) => {}
        _ = closing.changed() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            let _ = poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
        }
    }
    progress.leaves();
    leave(connection.into_parts().io.into_inner()).await;
}

/// Says that we send no more, and takes what the client still sends: closing while there is something unread
/// would reset the connection, and the client might lose its answer.
async fn leave(mut stream: Followed) {
    const MOST: usize = 1024 * 1024;
    let mut taken = 0;
    let mut bytes = [0; 4096];
    if stream.shutdown().await.is_err() {
        return;
    }
    while let Ok(count @ 1..) = stream.read(&mut bytes).await {
        taken += count;
        if taken > MOST {
            return;
        }
    }
}

/// The answer to any request at all. One whose making panics closes its connection and nothing else.
fn answer<B>(
    request: &hyper::Request<B>,
    peer: Option<SocketAddr>,
    answers: &Answers,
) -> Result<Response<Full<Bytes>>, Panicked> {
    let ours = Request::from(request).with_peer(peer);
    match catch_unwind(AssertUnwindSafe(|| answers(&ours))) {
        Ok(Some(response)) => Ok(response.map(Full::new)),
        Ok(None) => Ok(for_method(request.method(), not_found()).map(Full::new)),
        Err(payload) => {
            // Its `Drop` might panic as well.
            std::mem::forget(payload);
            Err("the making of the answer panicked")
        }
    }
}
