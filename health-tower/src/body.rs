use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// The body of a response that is ours or the inner service's.
    #[derive(Debug)]
    pub struct ResponseBody<B = NoBody> {
        #[pin]
        whose: Whose<B>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = WhoseProjected]
    enum Whose<B> {
        Ours { bytes: Option<Bytes> },
        Inner { #[pin] body: B },
    }
}

/// An uninhabited body, for services without an inner one.
#[derive(Clone, Copy, Debug)]
pub enum NoBody {}

impl<B> ResponseBody<B> {
    pub(crate) fn ours(bytes: Bytes) -> ResponseBody<B> {
        let bytes = Some(bytes).filter(|bytes| !bytes.is_empty());
        let whose = Whose::Ours { bytes };
        ResponseBody { whose }
    }

    pub(crate) fn inner(body: B) -> ResponseBody<B> {
        let whose = Whose::Inner { body };
        ResponseBody { whose }
    }
}

impl<B: Body<Data = Bytes>> Body for ResponseBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project().whose.project() {
            WhoseProjected::Ours { bytes } => {
                Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes))))
            }
            WhoseProjected::Inner { body } => body.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.whose {
            Whose::Ours { bytes } => bytes.is_none(),
            Whose::Inner { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.whose {
            Whose::Ours { bytes } => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Whose::Inner { body } => body.size_hint(),
        }
    }
}

impl Body for NoBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match *self {}
    }
}
