use futures::FutureExt;

use super::*;

fn unit(key: &str) -> Unit {
    Unit { system: "samtykke".into(), key: key.into() }
}

fn at(second: i64) -> Instant {
    Instant::from_second(1_800_000_000 + second).unwrap()
}

fn never() -> Pending {
    std::future::pending().boxed().shared()
}

fn confirmed_at(memory: &Confirmations, key: &str, second: i64) {
    memory.ended(&unit(key), &Outcome::Confirmed(at(second)), (&[], at(second + 1)));
}

#[test]
fn a_confirmation_counts_from_when_the_register_was_asked_and_for_that_consent_alone() {
    let memory = Confirmations::default();
    confirmed_at(&memory, "mor", 10);
    assert_eq!(memory.confirmed(&unit("mor"), at(10)), Some(at(10)));
    assert_eq!(memory.confirmed(&unit("mor"), at(11)), None, "that is too long ago");
    assert_eq!(memory.confirmed(&unit("far"), at(0)), None);
}

#[test]
fn what_a_register_tells_of_a_consent_takes_back_what_it_confirmed_before() {
    let memory = Confirmations::default();
    confirmed_at(&memory, "mor", 10);
    assert!(memory.told(&[unit("mor")]).is_empty(), "nothing had been asked that brought news");
    assert_eq!(memory.confirmed(&unit("mor"), at(0)), None);

    confirmed_at(&memory, "mor", 20);
    memory.ended(&unit("mor"), &Outcome::News, (&[], at(30)));
    assert_eq!(memory.confirmed(&unit("mor"), at(0)), None, "nor when it says so after being asked");
}

#[test]
fn one_silence_or_refusal_takes_nothing_back_and_confirms_nothing() {
    let memory = Confirmations::default();
    memory.ended(&unit("far"), &Outcome::Away("stille".into()), (&[], at(5)));
    assert_eq!(memory.confirmed(&unit("far"), at(0)), None);
    confirmed_at(&memory, "mor", 10);
    memory.ended(&unit("mor"), &Outcome::Away("stille".into()), (&[], at(11)));
    assert_eq!(memory.confirmed(&unit("mor"), at(10)), Some(at(10)), "it counts as long as it would have");
}

#[tokio::test]
async fn a_consent_is_asked_about_once_at_a_time_and_what_is_told_meanwhile_overtakes_the_answer() {
    let memory = Confirmations::default();
    let mut begun = 0;
    for _ in 0..3 {
        drop(memory.under_way(&unit("mor"), || {
            begun += 1;
            never()
        }));
    }
    assert_eq!(begun, 1);
    assert!(memory.is_asked("samtykke") && !memory.is_asked("annet"));
    assert!(!memory.is_overtaken(&unit("mor")));
    memory.told(&[unit("mor")]);
    assert!(memory.is_overtaken(&unit("mor")));
    memory.ended(&unit("mor"), &Outcome::Away("overtaken".into()), (&[], at(0)));
    assert!(!memory.is_asked("samtykke"));
}

#[test]
fn what_is_told_right_after_news_was_fetched_may_be_older_and_is_fetched_again_once() {
    let memory = Confirmations::default();
    let child = ChildId::new();
    memory.ended(&unit("mor"), &Outcome::News, (&[child], at(0)));
    assert_eq!(memory.told(&[unit("far"), unit("mor")]), [(unit("mor"), vec![child])]);
    assert!(memory.told(&[unit("mor")]).is_empty(), "and not for ever");
}

#[test]
fn a_register_is_told_of_as_away_once_and_slow_until_it_answers() {
    let memory = Confirmations::default();
    assert!(memory.set_away("samtykke", true) && !memory.set_away("samtykke", true), "news the first time alone");
    memory.set_slow("samtykke");
    assert!(memory.set_away("samtykke", false) && !memory.is_away("samtykke"));
    memory.set_slow("samtykke");
    assert!(memory.is_away("samtykke"));
    assert!(!memory.set_away("samtykke", false), "operators had not been told");
    assert!(!memory.is_away("samtykke"));
}

#[test]
fn the_oldest_confirmation_is_forgotten_when_there_are_too_many() {
    let memory = Confirmations::default();
    for n in 0..=MOST {
        confirmed_at(&memory, &n.to_string(), n as i64);
    }
    assert_eq!(memory.confirmed(&unit("0"), at(0)), None);
    assert!(
        memory.confirmed(&unit("1"), at(0)).is_some() && memory.confirmed(&unit(&MOST.to_string()), at(0)).is_some()
    );
}
