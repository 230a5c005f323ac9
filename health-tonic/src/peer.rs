use std::net::SocketAddr;

use http::Extensions;
use tonic::transport::server::TcpConnectInfo;

/// Returns the address of the client, as tonic's server leaves it in the extensions of a request.
///
/// With TLS it is there, too. `None` when the client is connected by a Unix socket, and behind another server than
/// tonic's.
///
/// ```
/// use http::Extensions;
///
/// let request = Extensions::new(); // A request's, behind `tonic::transport::Server`.
/// assert_eq!(health_tonic::peer(&request), None);
/// ```
pub fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<TcpConnectInfo>()?.remote_addr()
}
