//! The list of commands: each has a file beside this one, a variant in the enum and an arm in `run`.

mod account;
mod archive;
mod backup;
mod bench;
mod bench_attack;
mod bench_ballots;
mod bench_frame;
mod bench_import;
mod bench_judge;
mod bench_pages;
mod bench_papers;
mod bench_search;
mod bench_tables;
mod bench_trail;
mod bench_whatif;
mod certificate;
mod demo;
mod doctor;
mod draw;
mod export;
mod import;
mod judge;
mod paper;
mod post;
mod proofs;
mod restore;
mod serve;
pub mod standard;
mod verify;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

#[derive(Subcommand)]
pub enum Command {
    Judge(judge::Judge),
    Standard(standard::Standard),
    Demo(demo::Demo),
    Serve(serve::Serve),
    Account(account::Account),
    Import(import::Import),
    Export(export::Export),
    Paper(paper::Paper),
    Proofs(proofs::Proofs),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Verify(verify::Verify),
    Archive(archive::Archive),
    Draw(draw::Draw),
    CertificateKeys(certificate::CertificateKeys),
    VerifyCertificate(certificate::VerifyCertificate),
    Post(post::Post),
    Doctor(doctor::Doctor),
    Bench(bench::Bench),
}

impl Command {
    /// Runs the command; an error is reported in one line.
    pub fn run(self) -> Result<ExitCode> {
        match self {
            Command::Judge(command) => judge::run(&command),
            Command::Standard(command) => standard::run(&command),
            Command::Demo(command) => demo::run(&command),
            Command::Serve(command) => serve::run(&command),
            Command::Account(command) => account::run(&command),
            Command::Import(command) => import::run(&command),
            Command::Export(command) => export::run(&command),
            Command::Paper(command) => paper::run(&command),
            Command::Proofs(command) => proofs::run(&command),
            Command::Backup(command) => backup::run(&command),
            Command::Restore(command) => restore::run(&command),
            Command::Verify(command) => verify::run(&command),
            Command::Archive(command) => archive::run(&command),
            Command::Draw(command) => draw::run(&command),
            Command::CertificateKeys(command) => certificate::print_keys(&command),
            Command::VerifyCertificate(command) => certificate::verify(&command),
            Command::Post(command) => post::run(&command),
            Command::Doctor(command) => doctor::run(&command),
            Command::Bench(command) => bench::run(command),
        }
    }
}
