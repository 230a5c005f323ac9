use health_core::health_check;

struct Database;

impl Database {
    #[health_check(critical)]
    async fn check() -> Result<(), String> {
        Err(String::new())
    }
}

fn main() {
    drop(Database::check());
}
