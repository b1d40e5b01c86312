//! Where the files are: a folder, or a bucket of an S3-compatible server.

use anyhow::{Context, Result};
use clap::Args;
use jianjia_store::core::file::{Storage, bucket::Bucket};
use serde::Deserialize;

use crate::instance::Instance;

/// The flags of a bucket. The secret is better given in the environment or the file: what is typed stands in the list of processes.
#[derive(Args, Clone, Debug)]
pub struct BucketFlags {
    /// Server of the bucket that --files names: https://s3.example.org
    #[arg(long, env = "JIANJIA_FILES_ENDPOINT")]
    files_endpoint: Option<String>,
    /// Region of the bucket [default: us-east-1]
    #[arg(long, env = "JIANJIA_FILES_REGION")]
    files_region: Option<String>,
    /// Key id at the bucket's server
    #[arg(long, env = "JIANJIA_FILES_KEY_ID")]
    files_key_id: Option<String>,
    /// Secret key at the bucket's server
    #[arg(long, env = "JIANJIA_FILES_SECRET", hide_env_values = true)]
    files_secret: Option<String>,
}

/// Their keys in the configuration file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BucketConfiguration {
    pub endpoint: Option<String>,
    pub region: Option<String>,
    pub key_id: Option<String>,
    pub secret: Option<String>,
}

/// Shown below the flags, as a part of the configuration file.
pub const SETTINGS: &str = "  [bucket]
  endpoint = \"https://s3.example.org\"
  region = \"us-east-1\"
  key_id = \"…\"
  secret = \"…\"
";

impl Instance {
    /// Where the files are.
    ///
    /// # Errors
    /// If the configuration file can't be read or has a mistake, or the settings of a bucket can't be used.
    pub fn storage(&self) -> Result<Storage> {
        let configuration = self.configuration()?;
        let files = self.files.clone().or(configuration.files);
        let files = files.unwrap_or_else(|| self.dir.join("files"));
        let address = files.to_string_lossy();
        if !address.starts_with("s3://") {
            return Ok(Storage::Folder(files));
        }
        let either = |flag: &Option<String>, file: Option<String>| -> Option<String> {
            let given = flag.clone().or(file);
            given.filter(|value| !value.is_empty())
        };
        let (flags, file) = (&self.bucket, configuration.bucket);
        let bucket = Bucket::read(
            &address,
            either(&flags.files_endpoint, file.endpoint),
            either(&flags.files_region, file.region),
            either(&flags.files_key_id, file.key_id),
            either(&flags.files_secret, file.secret),
        );
        Ok(Storage::Bucket(bucket.context("--files")?))
    }
}
