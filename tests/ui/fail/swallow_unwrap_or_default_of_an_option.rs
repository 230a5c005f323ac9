use health_core::health_check;

#[health_check(critical)]
fn check(rows: &Vec<u8>) -> Result<u8, String> {
    Ok(rows.last().copied().unwrap_or_default())
}

fn main() {}
