use std::net::SocketAddr;

use http::Extensions;
use tonic::Request;
use tonic::metadata::MetadataMap;
use tonic::transport::server::TcpConnectInfo;

/// Returns the address of the client, as tonic's server leaves it in the extensions of a request.
///
/// `None` when the client is connected by a Unix socket, and behind another server than tonic's.
///
/// ```
/// use http::Extensions;
///
/// let request = Extensions::new(); // A request's, behind `tonic::transport::Server`.
/// assert_eq!(health_tonic::peer(&request), None);
/// ```
pub fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    match extensions.get::<TcpConnectInfo>() {
        Some(connection) => connection.remote_addr(),
        // A TLS connection leaves another type, and only tonic knows whether it was built with TLS.
        None => Request::from_parts(MetadataMap::new(), extensions.clone(), ()).remote_addr(),
    }
}
