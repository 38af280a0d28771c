/** mosixd: starts and stops the user's own nodes. */
package dev.mosey.tools.service;
