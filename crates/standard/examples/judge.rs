//! Measures judging against reading.
#[allow(dead_code)]
#[path = "../../cli/src/commands/bench_judge/register.rs"]
mod register;

use std::hint::black_box;
use std::time::Instant;

use jianjia_standard::batch::judge_columns;
use jianjia_standard::batch::plan::Plan;

fn main() {
    let standard =
        jianjia_standard::load::folder(std::path::Path::new("standards/changzhou-2016")).unwrap();
    let as_of = jiff::civil::Date::new(2016, 10, 15).unwrap();
    let plan = Plan::of(&standard, as_of);
    let columns = register::columns(&standard, &plan, 2_800_000);
    println!("{} bytes", columns.bytes() as f64 / 2.8e6);
    let (mut judges, mut reads) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        let started = Instant::now();
        black_box(black_box(&columns).read_through());
        reads.push(started.elapsed().as_secs_f64());
        let started = Instant::now();
        let judged = judge_columns(&plan, black_box(&columns));
        judges.push(started.elapsed().as_secs_f64());
        black_box(&judged);
    }
    judges.sort_by(f64::total_cmp);
    reads.sort_by(f64::total_cmp);
    println!(
        "read {:.4} judge {:.4} ratio {:.2}; best read {:.4} judge {:.4}",
        reads[7],
        judges[7],
        judges[7] / reads[7],
        reads[0],
        judges[0]
    );
}
