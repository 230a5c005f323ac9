use std::fs::{self, File, Metadata, Permissions, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener as StdUnixListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::time::{Instant, sleep};

use super::limits::BACKLOG;

/// A Unix socket; dropping it removes its file, if that is ours.
#[derive(Debug)]
pub(super) struct UnixSocket {
    /// Dropped before the listener, so that nobody takes it for stale.
    _file: Option<SocketFile>,
    pub(super) listener: UnixListener,
}

/// The file of a socket that we bound.
#[derive(Debug)]
struct SocketFile {
    path: PathBuf,
    /// Which file is ours, if another has taken its place.
    id: FileId,
}

type FileId = (u64, u64);

impl UnixSocket {
    /// Listens at a path, in the place of a process that is dead.
    pub(super) async fn bind(path: &Path, mode: u32) -> io::Result<UnixSocket> {
        // It must be found again at the end, wherever the process is by then.
        let path = std::path::absolute(path)?;
        // Of two that find the same stale file, the other one sees what the first has made of it.
        let _turn = turn(&path).await?;
        remove_stale(&path).await?;
        let listener = listen(&path, mode)?;
        let found = fs::symlink_metadata(&path)?;
        if !found.file_type().is_socket() {
            return Err(in_its_place());
        }
        let socket = UnixSocket {
            listener,
            _file: Some(SocketFile {
                id: id(&found),
                path: path.clone(),
            }),
        };
        if found.mode() & ANY != mode {
            set_mode(&path, mode)?;
        }
        Ok(socket)
    }

    /// Listens on a socket that somebody else has bound, and whose file is his.
    pub(super) fn bound(listener: StdUnixListener) -> io::Result<UnixSocket> {
        listener.set_nonblocking(true)?;
        Ok(UnixSocket {
            listener: UnixListener::from_std(listener)?,
            _file: None,
        })
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let now = fs::symlink_metadata(&self.path);
        if now.is_ok_and(|now| id(&now) == self.id) {
            // Else the next process finds a stale one, and removes it.
            let _ = remove(&self.path, self.id);
        }
    }
}

/// All that a mode can say.
pub(super) const ANY: u32 = 0o777;

/// Waits until nobody else is about to listen in this directory; they are until the lock is dropped.
async fn turn(path: &Path) -> io::Result<File> {
    const LONGEST: Duration = Duration::from_secs(5);
    const PAUSE: Duration = Duration::from_millis(5);
    let directory = path.parent().unwrap_or(path);
    let lock = File::open(directory)?;
    let latest = Instant::now() + LONGEST;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if Instant::now() < latest => sleep(PAUSE).await,
            Err(error) => {
                let error = io::Error::from(error);
                let directory = directory.display();
                return Err(io::Error::other(format!(
                    "the directory `{directory}` cannot be locked: {error}"
                )));
            }
        }
    }
}

fn listen(path: &Path, mode: u32) -> io::Result<UnixListener> {
    let socket = tokio::net::UnixSocket::new_stream()?;
    // Linux gives the file the mode of the socket, less the process's mask, so there is no moment at which others
    // can connect. Other systems refuse.
    let own = File::from(socket.as_fd().try_clone_to_owned()?);
    let _ = own.set_permissions(Permissions::from_mode(mode));
    socket.bind(path)?;
    socket.listen(BACKLOG)
}

/// Gives our file its mode, where the system did not take it from the socket.
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    let permissions = Permissions::from_mode(mode);
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        use std::os::unix::fs::OpenOptionsExt;
        // A link that took its place is not followed.
        let socket = File::options()
            .read(true)
            .custom_flags(libc::O_PATH | libc::O_NOFOLLOW)
            .open(path)?;
        if !socket.metadata()?.file_type().is_socket() {
            return Err(in_its_place());
        }
        fs::set_permissions(format!("/proc/self/fd/{}", socket.as_raw_fd()), permissions)
    }
    #[cfg(not(target_os = "linux"))]
    fs::set_permissions(path, permissions)
}

/// Removes the socket of a process that is dead; says what else is there.
async fn remove_stale(path: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if !found.file_type().is_socket() {
        return Err(io::Error::other("there is a file that is not a socket"));
    }
    match UnixStream::connect(path).await {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => remove(path, id(&found)),
        // It was closed meanwhile, and its file removed.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        // `WouldBlock` says that there is a queue, and that it is full.
        Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
        _ => Err(io::Error::other("a living process listens there")),
    }
}

/// Removes this very file, and none that took its place since it was looked at.
fn remove(path: &Path, file: FileId) -> io::Result<()> {
    // Where nobody else looks for it, it can be looked at once more.
    let aside = aside(path);
    fs::rename(path, &aside)?;
    if id(&fs::symlink_metadata(&aside)?) == file {
        return fs::remove_file(&aside);
    }
    // Unlike renaming, this replaces nothing.
    fs::hard_link(&aside, path)?;
    fs::remove_file(&aside)?;
    Err(in_its_place())
}

fn in_its_place() -> io::Error {
    io::Error::other("something else has taken its place")
}

/// A name beside this one that nobody else has.
fn aside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".stale-{:x}", RandomState::new().hash_one(path)));
    path.with_file_name(name)
}

fn id(metadata: &Metadata) -> FileId {
    (metadata.dev(), metadata.ino())
}
