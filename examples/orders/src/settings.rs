use std::env;
use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// What the environment sets.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the application listens: `HOST` (127.0.0.1) and `PORT` (8080).
    pub address: SocketAddr,
    /// Where health listens, which no proxy forwards to: `HEALTH_HOST` (127.0.0.1) and `HEALTH_PORT` (8081).
    pub health_address: SocketAddr,
    /// Where files are kept: `DATA_DIR` (`data`).
    pub data_dir: PathBuf,
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    ///
    /// Names everything that is wrong with it.
    pub fn from_env() -> Result<Settings, String> {
        let mut problems = Vec::new();
        let address = socket_address("HOST", "PORT", 8080, &mut problems);
        let health_address = socket_address("HEALTH_HOST", "HEALTH_PORT", 8081, &mut problems);
        let data_dir = data_dir().map_err(|problem| problems.push(problem));
        match (address, health_address, data_dir) {
            (Some(address), Some(health_address), Ok(data_dir)) => Ok(Settings {
                address,
                health_address,
                data_dir,
            }),
            _ => Err(problems.join("; ")),
        }
    }

    /// Says what can be tried, where the application and its health really listen.
    pub fn print_what_to_try(&self, address: SocketAddr, health_address: SocketAddr) {
        let data_dir = self.data_dir.display();
        println!("Open  http://{health_address}/health/deep");
        println!("or    curl 'http://{health_address}/health/deep?verbose'");
        println!();
        for path in ["live", "ready", "startup"] {
            println!("      curl -i http://{address}/health/{path}");
        }
        println!("      curl -d '{{\"item\":\"tea\",\"quantity\":2}}' http://{address}/orders");
        println!("      curl http://{address}/orders");
        println!("      curl http://{address}/receipts/1");
        println!();
        println!("Break it, in another terminal, and mend it:");
        println!("      mv {data_dir}/orders.db {data_dir}/elsewhere");
        println!("      mv {data_dir}/elsewhere {data_dir}/orders.db");
    }
}

fn socket_address(
    host: &str,
    port: &str,
    default_port: u16,
    problems: &mut Vec<String>,
) -> Option<SocketAddr> {
    let localhost = IpAddr::from([127, 0, 0, 1]);
    let ip = read(host, localhost, "an IP address such as 0.0.0.0");
    let port = read(port, default_port, "a number up to 65535");
    match (ip, port) {
        (Ok(ip), Ok(port)) => Some(SocketAddr::new(ip, port)),
        (ip, port) => {
            problems.extend([ip.err(), port.err()].into_iter().flatten());
            None
        }
    }
}

fn read<T: FromStr<Err: Display>>(variable: &str, default: T, what: &str) -> Result<T, String> {
    match env::var(variable) {
        Ok(value) => (value.parse())
            .map_err(|error| format!("{variable} is `{value}`: {error}: write {what}")),
        Err(env::VarError::NotPresent) => Ok(default),
        Err(error) => Err(format!("{variable}: {error}: write {what}")),
    }
}

fn data_dir() -> Result<PathBuf, String> {
    let data_dir = env::var_os("DATA_DIR").map_or_else(|| "data".into(), PathBuf::from);
    std::fs::create_dir_all(&data_dir).map_err(|error| {
        let data_dir = data_dir.display();
        format!("DATA_DIR is `{data_dir}`: {error}: name a directory to keep files in")
    })?;
    Ok(data_dir)
}
