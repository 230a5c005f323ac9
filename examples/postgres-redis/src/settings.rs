use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use deadpool_postgres::tokio_postgres;
use deadpool_redis::redis::{ConnectionInfo, IntoConnectionInfo};

/// What the environment sets.
pub(crate) struct Settings {
    pub(crate) database: tokio_postgres::Config,
    pub(crate) redis: ConnectionInfo,
    /// Where the application listens.
    pub(crate) address: SocketAddr,
    /// Where health listens, which no proxy forwards to.
    pub(crate) health_address: SocketAddr,
}

const DATABASE_URL: &str = "postgres://shop:secret@127.0.0.1:5432/shop";
const REDIS_URL: &str = "redis://:secret@127.0.0.1:6379";

impl Settings {
    /// Reads the environment; the error names everything that is wrong with it.
    pub(crate) fn from_env() -> Result<Settings, String> {
        Settings::read(|name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn read(value: impl Fn(&str) -> Option<String>) -> Result<Settings, String> {
        let mut problems = Vec::new();
        let database = value("DATABASE_URL")
            .ok_or_else(|| "is not set".to_owned())
            .and_then(|url| url.parse().map_err(|error| unreadable(&error)))
            .map_err(|problem| problems.push(problem_with("DATABASE_URL", &problem, DATABASE_URL)));
        let redis = value("REDIS_URL")
            .ok_or_else(|| "is not set".to_owned())
            .and_then(|url| {
                url.into_connection_info()
                    .map_err(|error| unreadable(&error))
            })
            .map_err(|problem| problems.push(problem_with("REDIS_URL", &problem, REDIS_URL)));
        let mut with_default = WithDefault { value, problems };
        let host = with_default.read::<IpAddr>("HOST", "127.0.0.1");
        let port = with_default.read("PORT", "8080");
        let health_host = with_default.read::<IpAddr>("HEALTH_HOST", "127.0.0.1");
        let health_port = with_default.read("HEALTH_PORT", "8081");
        match (
            database,
            redis,
            host.zip(port),
            health_host.zip(health_port),
        ) {
            (Ok(database), Ok(redis), Some(address), Some(health_address)) => Ok(Settings {
                database,
                redis,
                address: address.into(),
                health_address: health_address.into(),
            }),
            _ => Err(with_default.problems.join("")),
        }
    }
}

/// Values that need not be set.
struct WithDefault<V> {
    value: V,
    problems: Vec<String>,
}

impl<V: Fn(&str) -> Option<String>> WithDefault<V> {
    fn read<T: FromStr<Err: Error>>(&mut self, name: &str, default: &str) -> Option<T> {
        let value = (self.value)(name).unwrap_or_else(|| default.to_owned());
        let read = value.parse().map_err(|error| unreadable(&error));
        read.map_err(|problem| self.problems.push(problem_with(name, &problem, default)))
            .ok()
    }
}

fn problem_with(name: &str, problem: &str, example: &str) -> String {
    format!("\n  {name} {problem}: write for example {name}={example}")
}

/// Without the value, which may hold a password.
fn unreadable(error: &dyn Error) -> String {
    let mut text = format!("cannot be read: {error}");
    if let Some(source) = error.source() {
        let _ = write!(text, ": {source}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_said_at_once_with_an_example() {
        let problems = Settings::read(|name| (name == "PORT").then(|| "web".to_owned()))
            .err()
            .unwrap();
        assert_eq!(
            problems,
            "
  DATABASE_URL is not set: write for example DATABASE_URL=postgres://shop:secret@127.0.0.1:5432/shop
  REDIS_URL is not set: write for example REDIS_URL=redis://:secret@127.0.0.1:6379
  PORT cannot be read: invalid digit found in string: write for example PORT=8080"
        );
    }

    #[test]
    fn a_problem_does_not_show_the_password() {
        let problems = Settings::read(|name| match name {
            "DATABASE_URL" => Some("postgres://shop:hunter2@127.0.0.1:port/shop".into()),
            "REDIS_URL" => Some("radish://:hunter2@127.0.0.1".into()),
            _ => None,
        })
        .err()
        .unwrap();
        assert_eq!(problems.matches("cannot be read").count(), 2, "{problems}");
        assert!(!problems.contains("hunter2"), "{problems}");
    }
}
