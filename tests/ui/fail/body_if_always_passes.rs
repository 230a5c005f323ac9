use health_core::health_check;

#[health_check(critical)]
fn check(leader: &bool) -> Result<&'static str, String> {
    if *leader { Ok("leader") } else { Ok("follower") }
}

fn main() {}
