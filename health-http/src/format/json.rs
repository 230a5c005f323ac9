use serde::Serialize;

/// Renders a value of ours as JSON.
pub(crate) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value)
        .expect("answers have string keys only, and their parts serialise without failing")
}
