use tokio::time::Instant;

use super::frames::{Frame, Frames, PREFACE};
use super::head::Head;
use super::limits::FRAMES;
use super::progress::{Phase, Standing};

/// What a connection's bytes say about how far it is.
#[derive(Debug)]
pub(super) enum Protocol {
    One(Requests),
    Two(Streams),
}

/// The requests of an HTTP/1 connection, one after the other.
#[derive(Debug)]
pub(super) struct Requests {
    head: Head,
    /// Whether a whole request was handed on, and, if so, whether something was sent since.
    answering: Option<bool>,
}

/// The streams of an HTTP/2 connection.
#[derive(Debug)]
pub(super) struct Streams {
    /// How much of what stands before the first frame is to come.
    preface: usize,
    incoming: Frames,
    outgoing: Frames,
    /// Since when a head is on its way; that of the first request is from the beginning on.
    begun: Option<Instant>,
    /// The requests that are not yet answered, and since when.
    open: Vec<(u32, Instant)>,
    newest: u32,
    /// Since when nothing was to be answered.
    quiet: Instant,
    /// How many frames came since an answer was last sent.
    frames: usize,
}

impl Requests {
    pub(super) fn new() -> Requests {
        Requests {
            head: Head::default(),
            answering: None,
        }
    }

    /// Whether the next request has to wait for the answer to this one.
    pub(super) fn is_answering(&self) -> bool {
        self.answering.is_some()
    }

    /// Returns how many of these bytes can be handed on, and whether they end a head.
    pub(super) fn received(&mut self, bytes: &[u8]) -> (usize, bool) {
        let (count, whole) = self.head.take(bytes);
        if whole {
            self.answering = Some(false);
        }
        (count, whole)
    }

    /// Part of an answer was sent.
    pub(super) fn sent(&mut self) {
        self.answering = self.answering.map(|_| true);
    }

    /// All that was to be sent is sent; returns whether that was an answer.
    pub(super) fn flushed(&mut self) -> bool {
        self.answering.take_if(|sent| *sent).is_some()
    }
}

impl Streams {
    pub(super) fn new(now: Instant) -> Streams {
        Streams {
            preface: PREFACE.len(),
            incoming: Frames::default(),
            outgoing: Frames::default(),
            begun: Some(now),
            open: Vec::new(),
            newest: 0,
            quiet: now,
            frames: 0,
        }
    }

    /// Returns how many of these bytes can be handed on, and whether they end a frame.
    pub(super) fn received(&mut self, bytes: &[u8], now: Instant) -> (usize, bool) {
        if self.preface > 0 {
            let count = self.preface.min(bytes.len());
            self.preface -= count;
            return (count, false);
        }
        let (count, frame) = self.incoming.take(bytes);
        let begun = frame.or_else(|| self.incoming.begun());
        if begun.is_some_and(Frame::begins_head) {
            self.begun.get_or_insert(now);
        }
        let Some(frame) = frame else {
            return (count, false);
        };
        self.frames += 1;
        if frame.ends_head() {
            self.begun = None;
            // Those that stand behind a body are of a stream that we know.
            if frame.stream > self.newest {
                self.newest = frame.stream;
                self.open.push((frame.stream, now));
            }
        }
        if frame.resets_stream() {
            self.ended(frame.stream, now);
        }
        (count, true)
    }

    /// These bytes were sent.
    pub(super) fn sent(&mut self, mut bytes: &[u8], now: Instant) {
        while !bytes.is_empty() {
            let (count, frame) = self.outgoing.take(bytes);
            bytes = &bytes[count..];
            if let Some(frame) = frame.filter(|frame| frame.ends_stream()) {
                if !frame.resets_stream() {
                    self.frames = 0;
                }
                self.ended(frame.stream, now);
            }
        }
    }

    /// Whether the client keeps us busy with what asks nothing.
    pub(super) fn is_flooded(&self) -> bool {
        self.frames > FRAMES
    }

    pub(super) fn standing(&self) -> Standing {
        let oldest = self.open.iter().map(|(_, since)| *since).min();
        let (phase, since) = match (oldest, self.begun) {
            (Some(since), _) => (Phase::Answering, since),
            (None, Some(since)) => (Phase::Asking, since),
            (None, None) => (Phase::Idle, self.quiet),
        };
        Standing { phase, since }
    }

    fn ended(&mut self, stream: u32, now: Instant) {
        let open = self.open.len();
        self.open.retain(|(open, _)| *open != stream);
        if self.open.is_empty() && open > 0 {
            self.quiet = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Phase::{Answering, Asking, Idle};
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u8) -> [u8; 10] {
        [0, 0, 1, kind, flags, 0, 0, 0, stream, 0]
    }

    const WHOLE: u8 = 5;
    const PING: u8 = 6;

    fn streams(now: Instant) -> Streams {
        let mut streams = Streams::new(now);
        assert_eq!(streams.received(PREFACE, now), (PREFACE.len(), false));
        streams
    }

    #[test]
    fn the_next_request_waits_for_the_answer_to_this_one() {
        let mut requests = Requests::new();
        let bytes = b"GET / HTTP/1.1\r\n\r\nGET / HT";
        assert_eq!(requests.received(bytes), (18, true));
        assert!(requests.is_answering());
        assert!(!requests.flushed(), "nothing is sent yet");
        requests.sent();
        assert!(requests.flushed());
        assert!(!requests.is_answering());
        assert_eq!(requests.received(&bytes[18..]), (8, false));
        assert!(!requests.flushed());
    }

    #[test]
    fn a_stream_is_open_until_it_is_answered() {
        let start = Instant::now();
        let at = |second| start + Duration::from_secs(second);
        let mut streams = streams(start);
        let is = |phase, second| Standing {
            phase,
            since: at(second),
        };
        streams.received(&frame(4, 0, 0), at(1));
        assert_eq!(streams.standing(), is(Asking, 0), "nothing is asked");
        streams.received(&frame(1, WHOLE, 1), at(2));
        streams.received(&frame(1, WHOLE, 3), at(3));
        assert_eq!(streams.standing(), is(Answering, 2));
        streams.sent(&frame(1, 4, 1), at(4));
        streams.sent(&frame(0, 1, 3), at(5));
        assert_eq!(streams.standing(), is(Answering, 2), "its body is to come");
        streams.sent(&frame(0, 1, 1), at(6));
        assert_eq!(streams.standing(), is(Idle, 6));
        streams.received(&frame(PING, 0, 0), at(7));
        streams.sent(&frame(3, 0, 5), at(8));
        assert_eq!(streams.standing(), is(Idle, 6), "that asks nothing");
    }

    #[test]
    fn a_head_that_is_not_whole_is_asking_however_it_goes_on() {
        let start = Instant::now();
        let at = |second| start + Duration::from_secs(second);
        let mut streams = streams(start);
        streams.received(&frame(1, WHOLE, 1), at(1));
        streams.sent(&frame(0, 1, 1), at(2));
        let since = |second| Standing {
            phase: Asking,
            since: at(second),
        };
        streams.received(&frame(1, 1, 3)[..9], at(3));
        assert_eq!(streams.standing(), since(3));
        streams.received(&frame(1, 1, 3)[9..], at(4));
        streams.received(&frame(9, 0, 3), at(5));
        assert_eq!(streams.standing(), since(3));
        streams.received(&frame(9, 4, 3), at(6));
        assert_eq!(streams.standing().phase, Answering);
    }

    #[test]
    fn a_reset_ends_a_stream_and_answers_nothing() {
        let now = Instant::now();
        let mut streams = streams(now);
        let mut stream = 0;
        for _ in 0..FRAMES / 2 {
            stream += 1;
            streams.received(&frame(1, WHOLE, stream), now);
            streams.received(&frame(3, 0, stream), now);
            assert_ne!(streams.standing().phase, Answering);
        }
        assert!(!streams.is_flooded());
        streams.received(&frame(1, WHOLE, stream + 1), now);
        assert!(streams.is_flooded());
    }

    #[test]
    fn who_takes_answers_is_no_flood() {
        let now = Instant::now();
        let mut streams = streams(now);
        for _ in 0..2 * FRAMES {
            streams.received(&frame(PING, 0, 0), now);
            streams.sent(&frame(0, 1, 1), now);
        }
        assert!(!streams.is_flooded());
    }
}
