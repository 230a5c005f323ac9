/// Follows the bytes of HTTP/2 in one direction, to know where each frame ends.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// What has come of the header of the frame that has begun.
    header: [u8; HEADER],
    has: usize,
    /// How much of its payload is to come.
    payload: usize,
}

/// What the header of a frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    kind: u8,
    flags: u8,
    pub(super) stream: u32,
}

/// What a client begins HTTP/2 with, where it knows before that we speak it.
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const HEADER: usize = 9;

// RFC 9113, section 6.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

impl Frames {
    /// Returns how many of these bytes belong to this frame, and the frame if they end it.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (usize, Option<Frame>) {
        let wanted = HEADER - self.has;
        let header = &bytes[..bytes.len().min(wanted)];
        self.header[self.has..][..header.len()].copy_from_slice(header);
        self.has += header.len();
        let Some(frame) = self.begun() else {
            return (header.len(), None);
        };
        if !header.is_empty() {
            let [high, middle, low, ..] = self.header;
            self.payload = u32::from_be_bytes([0, high, middle, low]) as usize;
        }
        let payload = self.payload.min(bytes.len() - header.len());
        self.payload -= payload;
        let ends = self.payload == 0;
        if ends {
            self.has = 0;
        }
        (header.len() + payload, ends.then_some(frame))
    }

    /// Returns the frame that has begun and not ended, once its header has come.
    pub(super) fn begun(&self) -> Option<Frame> {
        let [_, _, _, kind, flags, stream @ ..] = self.header;
        (self.has == HEADER).then_some(Frame {
            kind,
            flags,
            // The highest bit is reserved.
            stream: u32::from_be_bytes(stream) & (u32::MAX >> 1),
        })
    }
}

impl Frame {
    /// Whether the head of a request begins with this frame.
    pub(super) fn begins_head(self) -> bool {
        self.kind == HEADERS
    }

    /// Whether the head of a request, or of a response, ends with this frame.
    pub(super) fn ends_head(self) -> bool {
        matches!(self.kind, HEADERS | CONTINUATION) && self.flags & END_HEADERS != 0
    }

    /// Whether who sends this frame has sent all of its stream.
    pub(super) fn ends_stream(self) -> bool {
        self.resets_stream() || matches!(self.kind, DATA | HEADERS) && self.flags & END_STREAM != 0
    }

    /// Whether there is no more of its stream in either direction.
    pub(super) fn resets_stream(self) -> bool {
        self.kind == RST_STREAM
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u32) -> Frame {
        Frame {
            kind,
            flags,
            stream,
        }
    }

    #[test]
    fn frames_are_told_apart_however_they_are_cut() {
        let bytes = [
            &[0, 0, 0, 4, 0, 0, 0, 0, 0][..],
            &[0, 0, 3, HEADERS, END_HEADERS, 0x80, 0, 1, 2, 7, 7, 7],
            &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
        ]
        .concat();
        for cut in 0..bytes.len() {
            let mut frames = Frames::default();
            let mut found = Vec::new();
            for part in [0..cut, cut..bytes.len()] {
                let mut at = part.start;
                while at < part.end {
                    let (count, whole) = frames.take(&bytes[at..part.end]);
                    at += count;
                    found.extend(whole.map(|frame| (at, frame)));
                }
            }
            let expected = [
                (9, frame(4, 0, 0)),
                (21, frame(HEADERS, END_HEADERS, 0x102)),
                (38, frame(6, 0, 0)),
            ];
            assert_eq!(found, expected, "cut at {cut}");
        }
    }

    #[test]
    fn a_frame_has_begun_once_its_header_has_come() {
        let mut frames = Frames::default();
        let bytes = [0, 0, 2, HEADERS, 0, 0, 0, 0, 1, 7, 7];
        assert_eq!(frames.take(&bytes[..8]), (8, None));
        assert_eq!(frames.begun(), None);
        assert_eq!(frames.take(&bytes[8..10]), (2, None));
        assert_eq!(frames.begun(), Some(frame(HEADERS, 0, 1)));
        assert!(frames.take(&bytes[10..]).1.is_some());
        assert_eq!(frames.begun(), None);
    }

    #[test]
    fn a_stream_ends_with_its_last_frame_or_a_reset() {
        for (frame, ends) in [
            (frame(DATA, 0, 1), false),
            (frame(DATA, END_STREAM, 1), true),
            (frame(HEADERS, END_HEADERS, 1), false),
            (frame(HEADERS, END_STREAM, 1), true),
            (frame(RST_STREAM, 0, 1), true),
            // The flag of an acknowledgement is the same bit.
            (frame(6, 1, 0), false),
        ] {
            assert_eq!(frame.ends_stream(), ends, "{frame:?}");
        }
    }
}
