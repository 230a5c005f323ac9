use health_core::health_check;

struct Database;

impl Database {
    #[health_check(critical)]
    async fn check(database: &Self) -> Result<(), String> {
        let _ = database;
        Err(String::new())
    }
}

fn main() {
    drop(Database::check(&Database));
}
