use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use tests::{Server, free_port, missing};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A Redis server with the password `secret`.
pub(crate) struct Redis {
    pub(crate) server: Server,
    pub(crate) port: u16,
    directory: TempDir,
}

impl Redis {
    /// Starts a new one; `None` where it is not installed.
    pub(crate) async fn start() -> Option<Redis> {
        Redis::start_on(free_port()).await
    }

    pub(crate) async fn start_on(port: u16) -> Option<Redis> {
        if Command::new("redis-server")
            .arg("--version")
            .output()
            .is_err()
        {
            missing("Redis");
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let server = serve(&directory, port);
        let redis = Redis {
            server,
            port,
            directory,
        };
        redis.answers().await;
        Some(redis)
    }

    /// Starts it again, empty and on its port, and waits until it answers.
    pub(crate) async fn start_again(&mut self) {
        self.server = serve(&self.directory, self.port);
        self.answers().await;
    }

    /// Has its administrator say something: commands, each on its line.
    pub(crate) async fn tell(&self, commands: &str) {
        tell(self.port, commands).await.unwrap();
    }

    /// A connection that may say everything.
    pub(crate) async fn connect(&self) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.write_all(b"AUTH secret\r\n").await.unwrap();
        stream
    }

    async fn answers(&self) {
        for _ in 0..3_000 {
            let said = tell(self.port, "PING").await;
            if said.is_ok_and(|said| said.starts_with("+OK")) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("Redis does not start");
    }
}

pub(crate) fn url(port: u16) -> String {
    format!("redis://:secret@127.0.0.1:{port}")
}

/// Returns the first piece of what it says.
async fn tell(port: u16, commands: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream
        .write_all(format!("AUTH secret\r\n{commands}\r\n").as_bytes())
        .await?;
    let mut said = vec![0; 1024];
    let length = stream.read(&mut said).await?;
    Ok(String::from_utf8_lossy(&said[..length]).into_owned())
}

fn serve(directory: &TempDir, port: u16) -> Server {
    let mut command = Command::new("redis-server");
    command
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--requirepass", "secret"]);
    Server::start(command, directory.path(), None).unwrap()
}
