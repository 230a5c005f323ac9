use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

/// A Unix socket that only its user can connect to; dropping it removes its file.
#[derive(Debug)]
pub(super) struct UnixSocket {
    pub(super) listener: UnixListener,
    path: PathBuf,
    /// Which file is ours, if another has taken its place.
    file: Option<FileId>,
}

type FileId = (u64, u64);

const MODE: u32 = 0o600;

const BACKLOG: u32 = 1024;

impl UnixSocket {
    pub(super) async fn bind(path: &Path) -> io::Result<UnixSocket> {
        remove_stale(path).await?;
        // It must be found again at the end, wherever the process is by then.
        let path = std::path::absolute(path)?;
        let listener = listen(&path)?;
        let mut socket = UnixSocket {
            listener,
            path,
            file: None,
        };
        socket.file = fs::symlink_metadata(&socket.path).ok().map(|it| id(&it));
        // Where the system did not take the mode from the socket.
        fs::set_permissions(&socket.path, Permissions::from_mode(MODE))?;
        Ok(socket)
    }
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        let now = fs::symlink_metadata(&self.path).ok().map(|it| id(&it));
        if now.is_some() && now == self.file {
            // Else the next process finds a stale one, and removes it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn listen(path: &Path) -> io::Result<UnixListener> {
    let socket = tokio::net::UnixSocket::new_stream()?;
    // Linux gives the file the mode of the socket, so there is no moment at which others can connect. Other
    // systems refuse.
    let own = File::from(socket.as_fd().try_clone_to_owned()?);
    let _ = own.set_permissions(Permissions::from_mode(MODE));
    socket.bind(path)?;
    socket.listen(BACKLOG)
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
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path),
        // `WouldBlock` says that there is a queue, and that it is full.
        Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
        _ => Err(io::Error::other("a living process listens there")),
    }
}

fn id(metadata: &Metadata) -> FileId {
    (metadata.dev(), metadata.ino())
}
