//! The process's memory: how much it took, and that nobody else reads that of the serving process, which contains votes in plain text on their way.

use anyhow::{Context, Result};

/// Prevents copies of our memory: core dumps after a crash, and reading by other processes of the same user.
///
/// # Errors
/// If the system refuses.
pub fn keep_to_ourselves() -> Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).context("core dumps can't be switched off")?;
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)
            .context("memory can't be closed to other programs")?;
    }
    Ok(())
}

/// The most memory that the process has had, in megabytes; 0 where the system doesn't say.
pub fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes =
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
