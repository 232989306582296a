//! Hostile guests by name: the folder `guests` has one file for each attack, and every file says in its first lines what
//! it tries and how it must end. Each is compiled and run, in process and in workers; neither the host nor what comes
//! after it may notice.
//!
//! A test is called `in_process::python::iterators_within_iterators`, after the way, the language and the file.

mod crowds;
mod ending;
mod folder;
mod made;
mod memory;
mod rounds;
mod sandbox;

use std::process::ExitCode;
use std::sync::Arc;

use jurybox::Language;
use libtest_mimic::{Arguments, Failed, Trial};

use folder::Guest;
use sandbox::Way;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let guests = match folder::guests() {
        Ok(guests) => guests,
        Err(problems) => {
            let all = move || Err(Failed::from(problems));
            return libtest_mimic::run(&arguments, vec![Trial::test("the_folder_says_what_must_happen", all)])
                .exit_code();
        }
    };
    let guests = Arc::new(guests);
    let mut trials = vec![Trial::test("the_folder_says_what_must_happen", || Ok(()))];
    for way in Way::ALL {
        trials.push(Trial::test(
            format!("{way}::crowds::metrics_that_keep_memory"),
            move || crowds::metrics_that_keep_memory(way),
        ));
        for language in Language::ALL {
            let all = Arc::clone(&guests);
            trials.push(Trial::test(
                format!("{way}::{}::memory_returns", language.name()),
                move || rounds::memory_returns(way, &all[&language]),
            ));
            for guest in &guests[&language] {
                let guest = Arc::clone(guest);
                trials.push(Trial::test(
                    format!("{way}::{}::{}", language.name(), guest.name),
                    move || attack(way, &guest),
                ));
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// One guest: it ends as its file says, twice alike, and the harmless metric after it never knows.
fn attack(way: Way, guest: &Guest) -> Result<(), Failed> {
    let _turn = memory::with_others();
    let engine = way.engine();
    let innocent = sandbox::innocent(engine, guest.language)?;
    let first = sandbox::run(engine, guest)?;
    ending::check(guest, &first)?;
    let after = sandbox::innocent(engine, guest.language)?;
    if after != innocent {
        return Err(format!("the harmless metric notices:\n{after:#?}\ninstead of\n{innocent:#?}").into());
    }
    let second = sandbox::run(engine, guest)?;
    if second != first {
        return Err(format!("the second time is another:\n{second:#?}\nafter\n{first:#?}").into());
    }
    Ok(())
}
