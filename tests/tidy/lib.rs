//! tidy: tests of the repository itself. Each rule is a file here, with a test that holds the
//! repository to it and one that shows that the rule can fail. A complaint says what to do.
//! Enters: the files of the repository, and what cargo says about its dependencies.
//! Leaves: nothing but complaints. May not change a file or need the network.
//! Start at [`repository`], which reads the files that every rule is given.

#[cfg(test)]
mod arrows;
#[cfg(test)]
mod heads;
#[cfg(test)]
mod length;
#[cfg(test)]
mod licence;
#[cfg(test)]
mod licences;
#[cfg(test)]
mod links;
#[cfg(test)]
mod names;
#[cfg(test)]
mod repository;
#[cfg(test)]
mod unsafe_code;
#[cfg(test)]
mod wording;
