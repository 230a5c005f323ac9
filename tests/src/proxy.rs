use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;

/// What the network between a client and its server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// It works.
    Works,
    /// Every piece arrives so much later.
    Delays(Duration),
    /// Nothing arrives, and nobody is told. What was connected then stays lost afterwards, as
    /// behind a firewall that forgot it.
    BlackHole,
    /// Every connection is reset.
    Resets,
    /// The server's side of every connection is closed; the client's side takes what is written to it.
    HalfCloses,
}

/// A TCP proxy on this machine whose network a test can break.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    network: watch::Sender<Network>,
    accepting: AbortHandle,
}

impl Proxy {
    /// Stands before the server on this port.
    ///
    /// # Errors
    ///
    /// When there is no port to listen on.
    pub async fn before(server: u16) -> io::Result<Proxy> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let network = watch::Sender::new(Network::Works);
        let accepting = tokio::spawn(accept(listener, server, network.clone())).abort_handle();
        Ok(Proxy {
            port,
            network,
            accepting,
        })
    }

    /// The port to connect to instead of the server's.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Changes the network, also for what is connected already.
    pub fn set(&self, network: Network) {
        self.network.send_replace(network);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Ends with its connections.
async fn accept(listener: TcpListener, server: u16, network: watch::Sender<Network>) {
    let mut connections = JoinSet::new();
    loop {
        // Out of file descriptors, say: the test will notice.
        let Ok((client, _)) = listener.accept().await else {
            return;
        };
        connections.spawn(connection(client, server, network.subscribe()));
        while connections.try_join_next().is_some() {}
    }
}

/// Carries one connection; an error on either side ends both.
async fn connection(
    mut client: TcpStream,
    server: u16,
    mut network: watch::Receiver<Network>,
) -> io::Result<()> {
    let mut upstream = None;
    let (mut to_server, mut to_client) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    loop {
        let now = *network.borrow_and_update();
        match now {
            Network::BlackHole => return swallow(client).await,
            // Dropped with this, the connection is reset.
            Network::Resets => return client.set_zero_linger(),
            Network::HalfCloses => {
                client.shutdown().await?;
                return swallow(client).await;
            }
            Network::Works | Network::Delays(_) => {}
        }
        let server = match &mut upstream {
            Some(upstream) => upstream,
            None => upstream.insert(TcpStream::connect(("127.0.0.1", server)).await?),
        };
        tokio::select! {
            _ = network.changed() => {}
            read = client.read(&mut to_server) => {
                let read = read?;
                delay(now).await;
                server.write_all(&to_server[..read]).await?;
                if read == 0 {
                    return Ok(());
                }
            }
            read = server.read(&mut to_client) => {
                let read = read?;
                delay(now).await;
                client.write_all(&to_client[..read]).await?;
                if read == 0 {
                    return Ok(());
                }
            }
        }
    }
}

async fn delay(network: Network) {
    if let Network::Delays(by) = network {
        sleep(by).await;
    }
}

/// Reads until the client gives up, and answers nothing.
async fn swallow(mut client: TcpStream) -> io::Result<()> {
    let mut lost = [0; 1024];
    while client.read(&mut lost).await? > 0 {}
    Ok(())
}
