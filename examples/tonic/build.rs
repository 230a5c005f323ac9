//! Writes the code of `proto/shop.proto`, with `protox` in the place of `protoc`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=proto");
    let files = protox::compile(["shop.proto"], ["proto"])?;
    tonic_prost_build::compile_fds(files)?;
    Ok(())
}
