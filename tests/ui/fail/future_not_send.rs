use health_core::health_check;

#[health_check(critical)]
async fn check() -> Result<(), String> {
    let shared = std::rc::Rc::new(0);
    std::future::ready(()).await;
    Err(shared.to_string())
}

fn main() {}
