use serde::Serialize;

/// Renders a value of ours as JSON, with a line end for who reads it in a terminal.
pub(crate) fn json(value: &impl Serialize) -> Vec<u8> {
    let mut json = serde_json::to_vec(value)
        .expect("answers have string keys only, and their parts serialise without failing");
    json.push(b'\n');
    json
}
