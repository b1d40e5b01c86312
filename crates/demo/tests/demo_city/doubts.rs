//! What contradicts itself in the demo's data: something for each rule, in every state, and no rule that drowns the others.

use std::collections::BTreeSet;

use jianjia_demo::testing::making::demo_city;
use jiff::civil::date;

use crate::found;

#[tokio::test]
async fn every_rule_of_the_x_ray_finds_a_few_and_every_state_is_seen() {
    let city = demo_city(date(2020, 12, 31)).await;
    let of =
        async |sql: &str| -> BTreeSet<String> { found(&city, sql).await.into_iter().collect() };
    // In the small city nobody who fits says the dues of two years.
    let is_of_large_city = |rule: &String| rule == "dues-far-from-last-year";
    let rules: BTreeSet<String> = city
        .app
        .in_force()
        .xray
        .iter()
        .map(|rule| rule.key.clone())
        .filter(|rule| !is_of_large_city(rule))
        .collect();
    let mut found_rules = of("SELECT rule FROM doubt").await;
    found_rules.retain(|rule| !is_of_large_city(rule));
    assert_eq!(found_rules, rules);
    assert_eq!(
        of("SELECT CAST(year AS TEXT) FROM doubt").await,
        BTreeSet::from(["2019", "2020"].map(str::to_owned))
    );
    let states = ["asked", "corrected", "explained", "new", "set-aside"];
    let states = BTreeSet::from(states.map(str::to_owned));
    assert_eq!(
        of("SELECT state FROM doubt WHERE year = 2020").await,
        states
    );
    // What the year before came to was dealt with, all of it.
    let new = of("SELECT id FROM doubt WHERE year = 2019 AND state = 'new'").await;
    assert_eq!(new, BTreeSet::new());
    let answered = of("SELECT id FROM doubt WHERE state = 'asked' AND is_answered = 1").await;
    assert!(!answered.is_empty());
    // Most of those who apply as trusted show documents.
    let applied = of("SELECT unit_id FROM application
         WHERE year = 2020 AND title = 'trusted-home' AND state NOT IN ('draft', 'withdrawn')")
    .await;
    let bare =
        of("SELECT unit_id FROM doubt WHERE year = 2020 AND rule = 'claims-without-evidence'")
            .await;
    assert!(
        !bare.is_empty() && bare.len() * 2 < applied.len(),
        "{} of {}",
        bare.len(),
        applied.len()
    );
}

#[tokio::test]
async fn members_of_good_unions_are_as_content_as_the_line_asks_a_little_more_or_less() {
    let city = demo_city(date(2020, 12, 31)).await;
    // Satisfied and basically satisfied of the valid ballots, in hundredths of a percent.
    let shares = "SELECT CAST(10000 * (json_extract(answers, '$.satisfied') + json_extract(answers, '$.basically_satisfied'))
                    / (json_extract(answers, '$.satisfied') + json_extract(answers, '$.basically_satisfied') + json_extract(answers, '$.dissatisfied'))
                    AS TEXT)
                  FROM rating
                  JOIN honour ON honour.unit_id = rating.unit_id AND honour.title IN ('model-home', 'trusted-home') AND honour.state = 'in-force'
                  WHERE rating.year = 2020";
    let shares: Vec<i64> = found(&city, shares)
        .await
        .iter()
        .map(|share| share.parse().unwrap())
        .collect();
    let within = |from: i64, to: i64| {
        shares
            .iter()
            .filter(|share| (from..to).contains(*share))
            .count()
    };
    assert!(within(8_500, 8_800) > 0, "{shares:?}");
    assert!(within(8_800, 10_001) > within(8_500, 8_800), "{shares:?}");
}
