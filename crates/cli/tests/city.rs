//! A city from nothing, in the real browser before the program itself: from the first account to a returned file in a chair's inbox and mailbox.
//!
//! `bin/test` plays it on SQLite, with as many unions as make an import a job. The whole size, on both engines, with the time of each step:
//! `JIANJIA_STORY_UNIONS=12000 bin/postgres cargo nextest run --profile campaign -p jianjia --test city --no-capture`.

#[path = "../../web/tests/browser/mod.rs"]
#[expect(dead_code, reason = "the stories of the pages use the rest of it")]
mod browser;
#[path = "city/chairs.rs"]
mod chairs;
#[path = "city/file.rs"]
mod file;
#[path = "city/founding.rs"]
mod founding;
#[path = "city/office.rs"]
mod office;
#[path = "../../post/tests/outside/mod.rs"]
#[expect(dead_code, reason = "the tests of the post use the rest of it")]
mod outside;
#[path = "city/running.rs"]
mod running;
#[path = "city/sheet.rs"]
mod sheet;
#[path = "city/town.rs"]
mod town;

use browser::{Browser, with_browser_at};
use jianjia_store::testing::{self, TestDatabase};
use running::{Instance, Times};
use town::Town;

/// So many rows make an import a job.
const FEW: usize = 3_000;

/// Chairs who come in by their sheet.
const CHAIRS: usize = 10;

/// A password that everybody takes who chooses one; it is nobody's name and no number.
const PASSWORD: &str = "saddle pepper glacier tulip";

/// What the story goes on with, from step to step.
struct Story {
    browser: Browser,
    town: Town,
    instance: Instance,
    times: Times,
}

async fn a_city_from_nothing(name: &'static str, database: TestDatabase) {
    let unions = std::env::var("JIANJIA_STORY_UNIONS");
    let town = Town::of(unions.map_or(FEW, |unions| unions.parse().expect("a number")));
    let instance = Instance::found(database, &town);
    let address = instance.address.clone();
    with_browser_at(name, address, |mut browser| async move {
        browser.patience = running::PATIENCE;
        let mut story = Story {
            browser,
            town,
            instance,
            times: Times::default(),
        };
        founding::an_administrator_fills_an_empty_register(&mut story).await;
        let approver = founding::two_administrators_make_an_approver(&mut story).await;
        founding::every_chair_gets_an_account_in_one_act(&mut story).await;
        let printed = office::a_township_prints_its_sheets(&mut story).await;
        let phones = chairs::ten_come_in_by_their_sheet(&mut story, &printed).await;
        let mut telephone =
            office::the_approver_turns_a_second_factor_on(&mut story, &approver).await;
        let forgot =
            office::the_approver_gives_a_new_code(&mut story, &mut telephone, &printed[1]).await;
        office::a_district_prints_labels(&mut story).await;
        chairs::who_forgot_comes_in_anew(&mut story, &forgot, &phones[1]).await;
        file::a_file_is_handed_in_and_returned(&mut story, &printed[0], &phones[0]).await;
        file::the_chair_hears_of_it(&mut story, &printed[0], &phones[0]).await;
        chairs::one_leaves_and_the_next_sees_the_work(&mut story, &printed[2], &phones[2]).await;
        story.instance.is_verified();
        story.times.tell(story.town.unions.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browser_a_city_begins_from_nothing_on_sqlite() {
    a_city_from_nothing("city-sqlite", testing::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browser_a_city_begins_from_nothing_on_postgres() {
    a_city_from_nothing("city-postgres", testing::postgres().await).await;
}
