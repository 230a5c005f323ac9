use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::frames::PREFACE;
use super::progress::{Phase, Progress};
use super::protocol::{Protocol, Requests, Streams};

/// The bytes of a connection, of whatever kind.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection whose progress is followed, and that hands on one request at a time.
///
/// So a client has no more than one turn of the listener before the others have theirs, and what it sends before it
/// has taken its answer stays with it.
pub(super) struct Followed {
    stream: Box<dyn Stream>,
    progress: Arc<Progress>,
    protocol: Protocol,
    /// What has come and is not yet handed on.
    held: BytesMut,
    /// Whether it has had its turn.
    had: bool,
    /// Who waits for the next request.
    reader: Option<Waker>,
    /// How much has been taken since we said that we send no more.
    left: Option<usize>,
}

/// How much is read in one go.
const READ: usize = 8 * 1024;

/// How much is taken of what a client still sends after its last answer.
const LEFT: usize = 1024 * 1024;

impl Followed {
    /// Waits for the client to show what it speaks.
    pub(super) async fn new(
        mut stream: Box<dyn Stream>,
        progress: Arc<Progress>,
    ) -> io::Result<Followed> {
        let began = Instant::now();
        let mut held = BytesMut::with_capacity(READ);
        let protocol = loop {
            if held.len() >= PREFACE.len() && held.starts_with(PREFACE) {
                break Protocol::Two(Streams::new(began));
            }
            if !PREFACE.starts_with(&held) || stream.read_buf(&mut held).await? == 0 {
                break Protocol::One(Requests::new());
            }
        };
        Ok(Followed {
            stream,
            progress,
            protocol,
            held,
            had: false,
            reader: None,
            left: None,
        })
    }

    pub(super) fn speaks_http2(&self) -> bool {
        matches!(self.protocol, Protocol::Two(_))
    }
}

impl Followed {
    /// Waits until something is held, or the client has said all.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut bytes = [0; READ];
        let mut read = ReadBuf::new(&mut bytes);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut read))?;
        self.held.extend_from_slice(read.filled());
        Poll::Ready(Ok(()))
    }

    /// Hands on what is held, at most to the end of a request or frame.
    fn hand_on(&mut self, buf: &mut ReadBuf<'_>) -> io::Result<()> {
        let bytes = &self.held[..self.held.len().min(buf.remaining())];
        let (count, whole) = match &mut self.protocol {
            Protocol::One(requests) => {
                let (count, whole) = requests.received(bytes);
                self.progress.enters(if whole {
                    Phase::Answering
                } else {
                    Phase::Asking
                });
                (count, whole)
            }
            Protocol::Two(streams) => {
                let received = streams.received(bytes, Instant::now());
                self.progress.stands(streams.standing());
                if streams.is_flooded() {
                    return Err(io::Error::other("a flood of frames that ask nothing"));
                }
                received
            }
        };
        buf.put_slice(&bytes[..count]);
        self.held.advance(count);
        self.had = whole;
        Ok(())
    }

    /// These bytes were sent, and perhaps not all of them.
    fn sent<'a>(&mut self, bytes: impl IntoIterator<Item = &'a [u8]>, mut count: usize) {
        match &mut self.protocol {
            Protocol::One(requests) => requests.sent(),
            Protocol::Two(streams) => {
                for bytes in bytes {
                    let sent = count.min(bytes.len());
                    streams.sent(&bytes[..sent], Instant::now());
                    count -= sent;
                }
                self.progress.stands(streams.standing());
            }
        }
    }
}

impl AsyncRead for Followed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Protocol::One(requests) = &self.protocol
            && requests.is_answering()
        {
            self.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        if self.held.is_empty() {
            let Poll::Ready(filled) = self.poll_fill(cx) else {
                self.had = false;
                return Poll::Pending;
            };
            filled?;
        }
        if std::mem::take(&mut self.had) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.held.is_empty() {
            return Poll::Ready(Ok(()));
        }
        Poll::Ready(self.hand_on(buf))
    }
}

impl AsyncWrite for Followed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write(cx, buf))?;
        self.sent([buf], count);
        Poll::Ready(Ok(count))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, bufs))?;
        self.sent(bufs.iter().map(|buf| &**buf), count);
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    // Only flushed when nothing is left to write.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        if let Protocol::One(requests) = &mut self.protocol
            && requests.flushed()
        {
            // What came behind a request has begun the next one, whatever it is.
            let begun = !self.held.is_empty();
            self.progress
                .enters(if begun { Phase::Asking } else { Phase::Idle });
            if let Some(reader) = self.reader.take() {
                reader.wake();
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Says that we send no more, and takes what the client still sends: closing while there is something unread
    /// would reset the connection, and the client might lose its answer.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.left.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            self.progress.enters(Phase::Leaving);
            self.left = Some(0);
        }
        loop {
            self.held.clear();
            let read = ready!(self.poll_fill(cx));
            let count = self.held.len();
            let left = self.left.unwrap_or_default() + count;
            self.left = Some(left);
            if read.is_err() || count == 0 || left > LEFT {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl fmt::Debug for Followed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Followed")
            .field("progress", &self.progress)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::Wake;

    use tokio::io::{AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    async fn followed(bytes: &[u8]) -> (DuplexStream, Arc<Progress>, Followed) {
        let (mut client, ours) = duplex(64 * 1024);
        client.write_all(bytes).await.unwrap();
        let progress = Arc::new(Progress::new());
        let followed = Followed::new(Box::new(ours), Arc::clone(&progress));
        let followed = followed.await.unwrap();
        (client, progress, followed)
    }

    /// What is handed on in one go, if something is.
    async fn handed_on(followed: &mut Followed) -> Option<Vec<u8>> {
        let mut bytes = [0; 1024];
        let mut read = ReadBuf::new(&mut bytes);
        let poll = poll_fn(|cx| Poll::Ready(Pin::new(&mut *followed).poll_read(cx, &mut read)));
        match poll.await {
            Poll::Ready(result) => {
                result.unwrap();
                Some(read.filled().to_vec())
            }
            Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn the_next_request_is_handed_on_when_the_answer_to_this_one_is_sent() {
        let (_client, progress, mut followed) =
            followed(b"GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET").await;
        for (request, next) in [("/1", Phase::Asking), ("/2", Phase::Asking)] {
            let handed = handed_on(&mut followed).await.unwrap();
            assert_eq!(handed, format!("GET {request} HTTP/1.1\r\n\r\n").as_bytes());
            assert_eq!(progress.standing().phase, Phase::Answering);
            followed.flush().await.unwrap();
            assert_eq!(handed_on(&mut followed).await, None, "nothing is sent");
            followed.write_all(b"answer").await.unwrap();
            assert_eq!(handed_on(&mut followed).await, None, "not all is sent");
            followed.flush().await.unwrap();
            assert_eq!(progress.standing().phase, next);
            assert_eq!(handed_on(&mut followed).await, None, "it is another's turn");
        }
        assert_eq!(handed_on(&mut followed).await.unwrap(), b"GET");
    }

    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn who_waits_for_the_next_request_is_woken() {
        let (_client, _, mut followed) = followed(b"GET / HTTP/1.1\r\n\r\n").await;
        handed_on(&mut followed).await.unwrap();
        let woken = Arc::new(Woken(AtomicBool::new(false)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut read = ReadBuf::new(&mut []);
        let mut cx = Context::from_waker(&waker);
        let poll = Pin::new(&mut followed).poll_read(&mut cx, &mut read);
        assert!(poll.is_pending());
        followed.write_all(b"answer").await.unwrap();
        assert!(!woken.0.load(Ordering::SeqCst));
        followed.flush().await.unwrap();
        assert!(woken.0.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn of_http2_one_frame_is_handed_on_in_a_turn() {
        let ping = [0, 0, 1, 6, 0, 0, 0, 0, 0, 7];
        let bytes = [PREFACE, &ping, &ping].concat();
        let (_client, _, mut followed) = followed(&bytes).await;
        assert!(followed.speaks_http2());
        assert_eq!(handed_on(&mut followed).await.unwrap(), PREFACE);
        assert_eq!(handed_on(&mut followed).await.unwrap(), ping);
        assert_eq!(handed_on(&mut followed).await, None, "it is another's turn");
        assert_eq!(handed_on(&mut followed).await.unwrap(), ping);
        assert_eq!(handed_on(&mut followed).await, None, "there is no more");
    }

    #[tokio::test]
    async fn who_asks_again_when_it_has_its_answer_waits_for_nobody() {
        let request = b"GET / HTTP/1.1\r\n\r\n";
        let (mut client, progress, mut followed) = followed(request).await;
        assert_eq!(handed_on(&mut followed).await.unwrap(), request);
        followed.write_all(b"answer").await.unwrap();
        followed.flush().await.unwrap();
        assert_eq!(progress.standing().phase, Phase::Idle);
        assert_eq!(handed_on(&mut followed).await, None, "there is nothing");
        client.write_all(request).await.unwrap();
        assert_eq!(handed_on(&mut followed).await.unwrap(), request);
    }

    #[tokio::test]
    async fn what_it_speaks_is_known_however_it_is_cut() {
        for cut in 0..PREFACE.len() {
            let (mut client, ours) = duplex(64);
            let progress = Arc::new(Progress::new());
            let followed = tokio::spawn(Followed::new(Box::new(ours), progress));
            client.write_all(&PREFACE[..cut]).await.unwrap();
            tokio::task::yield_now().await;
            client.write_all(&PREFACE[cut..]).await.unwrap();
            assert!(
                followed.await.unwrap().unwrap().speaks_http2(),
                "cut at {cut}"
            );
        }
    }
}
