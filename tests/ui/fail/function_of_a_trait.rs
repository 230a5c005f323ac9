use health_core::health_check;

trait Asks {
    #[health_check(critical)]
    fn check(&self) -> Result<(), String>;
}

fn main() {}
