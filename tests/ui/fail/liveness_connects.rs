use health_core::health_check;

#[health_check(liveness)]
fn check() -> Result<(), std::io::Error> {
    std::net::TcpStream::connect("database:5432")?;
    Ok(())
}

fn main() {}
