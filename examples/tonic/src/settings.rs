use std::env;
use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// What the environment sets.
pub(crate) struct Settings {
    /// Where the application listens.
    pub(crate) address: SocketAddr,
    /// Where health listens, which no proxy forwards to.
    pub(crate) health_address: SocketAddr,
    pub(crate) data_dir: PathBuf,
}

impl Settings {
    /// Reads where the application listens, for who asks it.
    pub(crate) fn address_from_env() -> Result<SocketAddr, String> {
        let mut problems = Vec::new();
        address(&mut problems).ok_or_else(|| problems.join("; "))
    }

    /// Reads the environment; the error names everything that is wrong with it.
    pub(crate) fn from_env() -> Result<Settings, String> {
        let mut problems = Vec::new();
        let address = address(&mut problems);
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
}

fn address(problems: &mut Vec<String>) -> Option<SocketAddr> {
    socket_address("HOST", "PORT", 50051, problems)
}

fn socket_address(
    host: &str,
    port: &str,
    default_port: u16,
    problems: &mut Vec<String>,
) -> Option<SocketAddr> {
    let ip = read(
        host,
        IpAddr::from([127, 0, 0, 1]),
        "an IP address such as 0.0.0.0",
    );
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
    let data_dir = env::var_os("DATA_DIR").map_or_else(|| "data/tonic".into(), PathBuf::from);
    std::fs::create_dir_all(&data_dir).map_err(|error| {
        format!(
            "DATA_DIR is `{}`: {error}: name a directory to keep files in",
            data_dir.display()
        )
    })?;
    Ok(data_dir)
}
