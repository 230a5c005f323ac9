use std::fs::File;
use std::io::{self, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;
use std::{fmt, thread};

use arc_swap::ArcSwap;

/// How often a file of tokens is read. By a thread of its own, so that no request waits for a slow file system.
const READ_EVERY: Duration = Duration::from_secs(1);

/// A file of tokens is no longer than this, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Why a file was not read.
#[derive(Debug)]
pub(super) enum FileError {
    Io(io::Error),
    /// A pipe, say: to read it would wait for ever, or take what is meant for somebody else.
    NoFile,
    TooLong,
}

pub(super) fn read(path: &Path) -> Result<String, FileError> {
    // Looked at before it is opened, since to open a pipe waits for its other end.
    if !path.metadata()?.is_file() {
        return Err(FileError::NoFile);
    }
    let mut text = String::new();
    File::open(path)?
        .take(LONGEST + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(FileError::TooLong);
    }
    Ok(text)
}

/// Reads the tokens of a file again and again, as long as somebody has them. What cannot be used changes nothing.
pub(super) fn follow<T, E>(
    path: PathBuf,
    tokens: Weak<ArcSwap<T>>,
    read: fn(&Path) -> Result<T, E>,
) -> io::Result<()>
where
    T: PartialEq + Send + Sync + 'static,
    E: fmt::Display + PartialEq + 'static,
{
    let follow = move || {
        let mut told = None;
        loop {
            thread::sleep(READ_EVERY);
            let Some(tokens) = tokens.upgrade() else {
                return;
            };
            let error = match read(&path) {
                Ok(read) if read == **tokens.load() => None,
                Ok(read) => {
                    tokens.store(Arc::new(read));
                    tell(
                        || tracing::info!(path = %path.display(), "the tokens have changed with their file"),
                    );
                    None
                }
                Err(error) => Some(error),
            };
            if let Some(error) = error.as_ref().filter(|error| told.as_ref() != Some(*error)) {
                tell(|| {
                    tracing::warn!(
                        path = %path.display(),
                        %error,
                        "the tokens stay what they were, since their file cannot be used"
                    );
                });
            }
            told = error;
        }
    };
    let thread = thread::Builder::new().name("health-tokens".into());
    thread.spawn(follow).map(drop)
}

/// Writes a line. A subscriber that panics must not end whoever follows the file: a token that was taken back would
/// be let in for ever.
fn tell(write: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(write)) {
        // Its `Drop` might panic as well.
        std::mem::forget(payload);
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> FileError {
        FileError::Io(error)
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileError::Io(error) => error.fmt(f),
            FileError::NoFile => f.write_str("it is no regular file"),
            FileError::TooLong => write!(f, "it has more than {LONGEST} bytes"),
        }
    }
}
