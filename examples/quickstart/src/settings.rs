use std::env;
use std::path::PathBuf;

/// What the environment sets.
pub(crate) struct Settings {
    pub(crate) port: u16,
    /// Where health has a listener of its own, if it has one.
    pub(crate) health_port: Option<u16>,
    pub(crate) data_dir: PathBuf,
}

impl Settings {
    /// Reads the environment; the error names everything that is wrong with it.
    pub(crate) fn from_env() -> Result<Settings, String> {
        let port = port_if_set("PORT");
        let health_port = port_if_set("HEALTH_PORT");
        let data_dir = data_dir();
        match (port, health_port, data_dir) {
            (Ok(port), Ok(health_port), Ok(data_dir)) => Ok(Settings {
                port: port.unwrap_or(8080),
                health_port,
                data_dir,
            }),
            (port, health_port, data_dir) => {
                let wrong = [port.err(), health_port.err(), data_dir.err()];
                Err(wrong.into_iter().flatten().collect::<Vec<_>>().join("; "))
            }
        }
    }
}

fn port_if_set(variable: &str) -> Result<Option<u16>, String> {
    match env::var(variable) {
        Ok(port) => port
            .parse()
            .map(Some)
            .map_err(|_| format!("{variable} is `{port}`: write a number up to 65535")),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(error) => Err(format!("{variable}: {error}: write a number up to 65535")),
    }
}

fn data_dir() -> Result<PathBuf, String> {
    let data_dir = env::var_os("DATA_DIR").map_or_else(|| "data".into(), PathBuf::from);
    std::fs::create_dir_all(&data_dir).map_err(|error| {
        format!(
            "DATA_DIR is `{}`: {error}: name a directory to keep files in",
            data_dir.display()
        )
    })?;
    Ok(data_dir)
}
