use std::ops::Range;

use super::{LONGEST, Scan};
use crate::redact::names::{Name, name_of};
use crate::redact::values::{self, is_blank, is_word};

/// The elements of XML and HTML.
impl Scan<'_> {
    /// What is in the element that begins here, as in `<password>..</password>`.
    pub(super) fn element(&self, at: usize) -> Option<Range<usize>> {
        let rest = self.rest(at + 1);
        let tag = rest
            .iter()
            .take(LONGEST)
            .position(|byte| b"<>\n".contains(byte))?;
        let name = rest[..tag]
            .split(|byte| is_blank(*byte))
            .next()
            .unwrap_or_default();
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or_default();
        let element = local
            .first()
            .is_some_and(|byte| is_word(*byte))
            .then_some(local);
        let named = element
            .into_iter()
            .chain(attribute(&rest[..tag], b" name=\""))
            .chain(attribute(&rest[..tag], b" key=\""));
        // `<name>db.password</name><value>..`
        let value = matches!(local, b"value" | b"string") && self.is_named_before(at);
        let named = named.chain(value.then(|| self.bytes(self.before.clone())));
        let mut named = named.filter_map(name_of).filter(|name| *name != Name::Key);
        if rest[tag] != b'>' || named.next().is_none() || rest[..tag].ends_with(b"/") {
            return None;
        }
        let start = at + 1 + tag + 1;
        let value = self.rest(start);
        if let Some(data) = value.strip_prefix(b"<![CDATA[") {
            let end = data.windows(3).position(|window| window == b"]]>");
            return Some(start..end.map_or(self.text.len(), |end| start + 9 + end + 3));
        }
        let end = value.iter().position(|byte| *byte == b'<');
        let closed = end.is_some_and(|end| value[end..].starts_with(b"</"));
        let length = match end {
            Some(end) if closed => end,
            _ => values::unquoted(value),
        };
        (length > 0).then_some(start..start + length)
    }

    /// Whether an element that ends right before this one holds the name.
    fn is_named_before(&self, at: usize) -> bool {
        let word = self.bytes(self.word.clone());
        let end = self
            .text
            .get(self.word.end..at)
            .and_then(|gap| gap.strip_prefix(b">"));
        self.between() == b"</"
            && matches!(word, b"name" | b"key")
            && end.is_some_and(|gap| gap.trim_ascii().is_empty())
    }
}

/// The value of an attribute of an element.
fn attribute<'a>(tag: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let start = tag.windows(name.len()).position(|window| window == name)? + name.len();
    tag[start..].split(|byte| *byte == b'"').next()
}
