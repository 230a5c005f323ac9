use health_core::health_check;

trait Database {
    #[health_check(critical)]
    fn check() -> Result<(), String>;
}

fn main() {}
