use health_core::health_check;

type Url = String;

#[health_check(critical)]
async fn check(_url: Url) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
