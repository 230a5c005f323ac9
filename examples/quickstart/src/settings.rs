use std::env;
use std::path::PathBuf;

/// What the environment sets.
pub(crate) struct Settings {
    pub(crate) port: u16,
    pub(crate) data_dir: PathBuf,
}

impl Settings {
    pub(crate) fn from_env() -> Result<Settings, String> {
        let port = match env::var("PORT") {
            Ok(port) => port
                .parse()
                .map_err(|_| format!("PORT is `{port}`: write a number up to 65535"))?,
            Err(env::VarError::NotPresent) => 8080,
            Err(error) => return Err(format!("PORT: {error}: write a number up to 65535")),
        };
        let data_dir = env::var_os("DATA_DIR").map_or_else(|| "data".into(), PathBuf::from);
        std::fs::create_dir_all(&data_dir).map_err(|error| {
            format!(
                "DATA_DIR is `{}`: {error}: write a directory to keep files in",
                data_dir.display()
            )
        })?;
        Ok(Settings { port, data_dir })
    }
}
