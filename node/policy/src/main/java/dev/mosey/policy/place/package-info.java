/** Where waiting tasks start: invitations, matching, and whom to invite. Pure. */
package dev.mosey.policy.place;
